import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { defineService, done, isObject, later, rejected, send } from 'baton-supervisor';

interface ChecksumParameters {
  readonly algorithm: string;
  readonly looks: number;
}

/** Sends the checksum of the file that its payload names; a file that is not there yet is waited for. */
export default defineService<ChecksumParameters>({
  name: 'checksum',
  description: 'Checksums of files',
  queue: 'checksum',
  parameters: {
    type: 'object',
    properties: {
      algorithm: { enum: ['md5', 'sha256'], default: 'sha256' },
      looks: { type: 'integer', minimum: 0, default: 30, description: 'how often to look again, every 2 s' },
    },
  },
  channels: { checksum: 'the file, its size in bytes, and its checksum' },
  defaultChannel: 'checksum',
  concurrency: 4,
  timeout: 300,
  async process({ parameters, payload, deferral }, { signal }) {
    const { file } = isObject(payload) ? payload : {};
    if (typeof file !== 'string') return rejected('The payload names no file.', 'payload');
    const found = await stat(file).catch(() => undefined);
    if (!found && deferral < parameters.looks) return later(2, `waits for ${file}`);
    if (!found) return rejected(`${file} did not come.`, 'missing');
    const hash = createHash(parameters.algorithm);
    await pipeline(createReadStream(file), hash, { signal });
    return done(send({ file, bytes: found.size, checksum: hash.digest('hex') }));
  },
});
