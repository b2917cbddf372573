import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { stompPyAvailable } from '../fixtures/debian-programs.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exercisePythonStep } from './python-step.ts';

const isHere = activemqAvailable() && stompPyAvailable();

requireOrSkip("ActiveMQ and Python's stomp.py", isHere)('a step in Python on ActiveMQ', () => {
  exercisePythonStep(startActiveMQ);
});
