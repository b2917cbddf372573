import { describe, expect, it } from 'vitest';
import { Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** CONNECT, versions, heart-beats, DISCONNECT. */
export function exerciseConnecting({ broker, on }: Exercise): void {
  describe('connecting', () => {
    it.each([
      ['1.2', '1.2'],
      ['1.0,1.1,1.2', '1.2'],
      ['1.1', '1.1'],
    ])('agrees with a client of %s on the highest version: %s', async (accepts, version) => {
      await using peer = await Peer.open(broker().port);
      peer.send('CONNECT', { 'accept-version': accepts, host: 'test' });
      const { command, headers } = await peer.next();
      expect({ command, version: headers['version'] }).toEqual({ command: 'CONNECTED', version });
      expect(headers['session']).toBeTruthy();
    });

    it('refuses a client with no version in common', async () => {
      await using peer = await Peer.open(broker().port);
      peer.send('CONNECT', { 'accept-version': '3.0', host: 'test' });
      expect((await peer.error()).headers['message']).toContain('3.0');
      await peer.ended;
    });

    it('speaks, or does not speak, STOMP 1.0', async () => {
      await using peer = await Peer.open(broker().port);
      peer.send('CONNECT', { 'accept-version': '1.0', host: 'test' });
      expect((await peer.next()).command).toBe(on(differences.oldestVersion) === '1.0' ? 'CONNECTED' : 'ERROR');
    });

    it('takes STOMP for CONNECT', async () => {
      await using peer = await Peer.open(broker().port);
      peer.send('STOMP', { 'accept-version': '1.2', host: 'test' });
      expect((await peer.next()).command).toBe('CONNECTED');
    });

    it('answers DISCONNECT with its receipt', async () => {
      await using peer = await Peer.connect(broker().port);
      await peer.ask('DISCONNECT');
    });

    it('sends heart-beats as the client wishes and cuts a client that does not send its own', async () => {
      await using peer = await Peer.connect(broker().port, { 'heart-beat': '200,200' });
      await peer.ended;
      expect(peer.heartBeats.length).toBeGreaterThan(0);
    });

    it('promises what the client wants and expects what it offers', async () => {
      await using peer = await Peer.open(broker().port);
      peer.send('CONNECT', { 'accept-version': '1.2', host: 'test', 'heart-beat': '30000,20000' });
      expect((await peer.next()).headers['heart-beat']).toBe('20000,30000');
    });
  });
}
