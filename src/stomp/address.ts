import { type BrokerEndpoint, endpointText, readEndpoint } from './endpoint.ts';
import { badAddress } from './errors.ts';

/** Where the broker is. */
export interface BrokerAddress extends BrokerEndpoint {
  /** The namespace: `''`, or what stands before every queue and topic name (`zocalo` makes `/queue/zocalo.NAME`). */
  readonly prefix: string;
  /** Where it may be instead: tried in this order when the first does not answer. */
  readonly others?: readonly BrokerEndpoint[];
}

/**
 * Reads the address of a broker: `stomp://login:passcode@host:port/prefix`, where all but the host may be absent, or
 * `stomp+ssl://…?ca=FILE` for TLS. Several, with commas between, are tried in this order (as in ActiveMQ's
 * `failover:(…)`, which is read, too); what only one of them says of login, prefix and files holds for all. Throws
 * `stomp.address`.
 */
export function parseBrokerAddress(text: string): BrokerAddress {
  const refuse = (expected: string): Error => badAddress({ address: withoutPasscodes(text), expected });
  const all = listed(text, refuse).map((one) => readEndpoint(one, refuse));
  const prefixes = [...new Set(all.flatMap(({ prefix }) => (prefix === '' ? [] : [prefix])))];
  if (prefixes.length > 1) throw refuse('one prefix for all brokers');
  if (new Set(all.map(({ tls }) => tls !== undefined)).size > 1) {
    // The first that answers gets the passcode: who else can read it must not depend on which one that is.
    throw refuse('TLS for all brokers (stomp+ssl://), or for none');
  }
  const [first, ...others] = shared(all);
  if (!first) throw refuse('an address');
  return { ...first, prefix: prefixes[0] ?? '', ...(others.length > 0 && { others }) };
}

/** The endpoints of an address, each as an address of its own, in the order in which they are to be tried. */
export function brokersOf(address: BrokerAddress): readonly [BrokerAddress, ...BrokerAddress[]] {
  const { others = [], prefix, ...first } = address;
  return [{ ...first, prefix }, ...others.map((other) => ({ ...other, prefix }))];
}

/** The address as text for people: without passcodes and files. */
export function addressText(address: BrokerAddress): string {
  return brokersOf(address)
    .map((broker) => endpointText(broker, address.prefix))
    .join(',');
}

/** The addresses of a list. A comma ends one only before the scheme of the next: a passcode may have commas. */
function listed(text: string, refuse: (expected: string) => Error): readonly string[] {
  const [, inside, options = ''] = /^failover:(?:\/\/)?\((.*)\)(?:\?(.*))?$/s.exec(text.trim()) ?? [];
  if (options !== '' && options !== 'randomize=false') {
    throw refuse('failover:(…), or failover:(…)?randomize=false, as brokers are tried in the order named');
  }
  const list = inside ?? text.replace(/^\s*failover:(?:\/\/)?/, '');
  return list.split(/,(?=\s*[a-z][a-z+]*:\/\/)/i).map((one) => one.trim());
}

/** Gives the login and the files that one of them has to those that have none. */
function shared(all: readonly BrokerEndpoint[]): readonly BrokerEndpoint[] {
  const user = all.find(({ login }) => login !== undefined);
  const files = all.find(({ tls }) => tls && Object.keys(tls).length > 0)?.tls;
  return all.map(({ host, port, login, passcode, tls }) => {
    const as = login === undefined ? user : { login, passcode };
    return {
      host,
      port,
      ...(as?.login !== undefined && { login: as.login }),
      ...(as?.passcode !== undefined && { passcode: as.passcode }),
      ...(tls && { tls: Object.keys(tls).length > 0 ? tls : (files ?? tls) }),
    };
  });
}

/** Rather too much is left out than a part of a passcode shown, whatever stands in it. */
function withoutPasscodes(text: string): string {
  return text.replace(/(:\/\/[^:@/]*):.*@/s, '$1:…@');
}
