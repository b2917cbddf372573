import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { exercisePermissions, users } from '../conformance/permissions.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Peer } from './peer.ts';

exercisePermissions('embedded', () => startBroker({ port: 0, store: ':memory:', users: Object.values(users) }));

/** The same users as ActiveMQ is told of them. Whoever reads or writes there may also make the queue. */
const PLUGINS = `
  <simpleAuthenticationPlugin><users>
    ${Object.values(users)
      .map(
        ({ login, passcode }) => `<authenticationUser username="${login}" password="${passcode}" groups="${login}s"/>`,
      )
      .join('')}
  </users></simpleAuthenticationPlugin>
  <authorizationPlugin><map><authorizationMap><authorizationEntries>
    <authorizationEntry queue="&gt;" read="operators" write="operators" admin="operators,readers,writers"/>
    <authorizationEntry topic="&gt;" read="operators" write="operators" admin="operators,readers,writers"/>
    <authorizationEntry queue="beam.&gt;" read="operators,readers" write="operators,writers" admin="operators,readers,writers"/>
    <authorizationEntry topic="ActiveMQ.Advisory.&gt;" read="operators,readers,writers" write="operators,readers,writers"
      admin="operators,readers,writers"/>
  </authorizationEntries></authorizationMap></map></authorizationPlugin>`;

requireOrSkip('ActiveMQ', activemqAvailable())('ActiveMQ', () => {
  exercisePermissions('activemq', () => startActiveMQ({ plugins: PLUGINS }), { maybeSilent: true });
});

describe('users of the embedded broker', () => {
  it('who may do nothing may connect and nothing else', async () => {
    const nobody = { login: 'nobody', passcode: '', may: [] };
    await using broker = await startBroker({ port: 0, store: ':memory:', users: [nobody] });
    await using peer = await Peer.connect(broker.port, { login: 'nobody' });
    peer.send('SEND', { destination: '/queue/a' }, 'x');
    expect((await peer.error()).headers['code']).toBe('broker.forbidden');
    await peer.ended;
  });

  it('cannot have statistics sent to where they may not write', async () => {
    const curious = {
      login: 'curious',
      passcode: '',
      may: [{ destination: '/queue/ActiveMQ.Statistics.>', write: true }],
    };
    await using broker = await startBroker({ port: 0, store: ':memory:', users: [curious] });
    await using peer = await Peer.connect(broker.port, { login: 'curious' });
    const asked = { destination: '/queue/ActiveMQ.Statistics.Broker', 'reply-to': '/queue/victim' };
    await expect(peer.ask('SEND', asked)).rejects.toThrow('/queue/victim');
  });

  it.each([
    ['/queue/a.>', '/queue/a.*', true],
    ['/queue/a.>', '/queue/a.b.>', true],
    ['/queue/a.>', '/queue/a.>', true],
    ['/queue/a.*', '/queue/a.>', false],
    ['/queue/a.b', '/queue/a.*', false],
    ['/queue/*.b', '/queue/>', false],
    ['/queue/a.b.>', '/queue/a.>', false],
    ['/topic/>', '/queue/a', false],
    ['/queue/>', '/queue/a', true],
    ['/queue/>', '/queue/>', true],
    ['/topic/*', '/topic/a', true],
  ])('of %s may subscribe to %s: %s', async (destination, asked, expected) => {
    const user = { login: 'u', passcode: 'p', may: [{ destination, read: true }] };
    await using broker = await startBroker({ port: 0, store: ':memory:', users: [user] });
    await using peer = await Peer.connect(broker.port, { login: 'u', passcode: 'p' });
    const subscribed = peer.subscribe(asked).then(
      () => true,
      () => false,
    );
    expect(await subscribed).toBe(expected);
  });
});
