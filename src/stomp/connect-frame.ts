import type { BrokerAddress } from './address.ts';
import { encodeControl } from './encode.ts';
import type { HeartBeat } from './heart-beat.ts';

interface LoginOptions {
  readonly address: BrokerAddress;
  readonly name: string;
  readonly heartBeat: HeartBeat;
}

/** The bytes of CONNECT. No `client-id`: a broker that has not yet noticed the end of the last connection would refuse the next one. */
export function connectFrame({ address, heartBeat, name }: LoginOptions): Buffer {
  const { host, login, passcode } = address;
  const headers = {
    'accept-version': '1.2',
    host,
    'heart-beat': `${String(heartBeat.send)},${String(heartBeat.receive)}`,
    'baton-name': name,
    ...(login !== undefined && { login }),
    ...(passcode !== undefined && { passcode }),
  };
  return encodeControl('CONNECT', headers);
}
