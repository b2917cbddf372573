import { rename, writeFile } from 'node:fs/promises';
import { defineService, done, isObject, result, send, type JsonObject } from 'baton-supervisor';

interface ManifestParameters {
  readonly manifest: string;
}

/** Joins the checksums of a run and writes them to one file, in the form that `sha256sum --check` reads. */
export default defineService<ManifestParameters>({
  name: 'manifest',
  description: 'Writer of manifests',
  queue: 'manifest',
  parameters: {
    type: 'object',
    required: ['manifest'],
    properties: { manifest: { type: 'string', minLength: 1, description: 'the file to write' } },
  },
  channels: { manifest: 'the file written, and how many files it lists' },
  defaultChannel: 'manifest',
  joins: true,
  async process({ parameters: { manifest }, members }, { key }) {
    const lines = members.map(({ payload }) => line(isObject(payload) ? payload : {}));
    // Done twice it leaves the same file, and nobody ever reads half of one.
    await writeFile(`${manifest}.${key}`, lines.join(''));
    await rename(`${manifest}.${key}`, manifest);
    const written = { manifest, files: members.length };
    return done(send(written), result(written));
  },
});

function line({ checksum, file }: JsonObject): string {
  if (typeof checksum === 'string' && typeof file === 'string') return `${checksum}  ${file}\n`;
  throw new TypeError('A message without file and checksum came to the manifest.');
}
