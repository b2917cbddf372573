import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { stompPyAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exercisePythonStep } from './python-step.ts';

requireOrSkip("Python's stomp.py", stompPyAvailable())('a step in Python on the embedded broker', () => {
  exercisePythonStep(startBrokerProcess, 'no.queue.>');
});
