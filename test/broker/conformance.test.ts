import { exerciseBroker } from '../conformance/broker.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

exerciseBroker('embedded', startBrokerProcess);

requireOrSkip('ActiveMQ', activemqAvailable())('ActiveMQ', () => {
  exerciseBroker('activemq', startActiveMQ);
});
