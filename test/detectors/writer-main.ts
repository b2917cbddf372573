import { createNexusWriter } from '../../src/detectors/nexus-writer.ts';
import { frameValue, scan } from './growing-scan.ts';

/** A detector in a process of its own: writes a frame at each message, and says when it is written. */
const folder = process.argv[2] ?? '';
const writer = await createNexusWriter({ ...scan, folder, name: 'scan' });
let written = 0;
process.on('message', (command) => {
  void (async () => {
    if (command === 'close') {
      await writer.close();
      process.send?.('closed');
      process.disconnect();
      return;
    }
    await writer.write(new Uint16Array(scan.width * scan.height).map((_, pixel) => frameValue(written, pixel)));
    written += 1;
    process.send?.(written);
  })();
});
process.send?.('ready');
