import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { FeedContext } from './live/context.ts';
import { Feed } from './live/feed.ts';
import { SessionContext } from './session/context.ts';
import { Door } from './session/Door.tsx';
import { Session } from './session/session.ts';
import './styles/tokens.css';
import './styles/base.css';

const session = new Session();
session.start();
// A feed that ends may have done so because the session has.
const feed = new Feed('/api/events', session.ask);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <SessionContext value={session}>
      <FeedContext value={feed}>
        <Door>
          <App />
        </Door>
      </FeedContext>
    </SessionContext>
  </StrictMode>,
);
