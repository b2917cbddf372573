import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { FeedContext } from './live/context.ts';
import { Feed } from './live/feed.ts';
import './styles/tokens.css';
import './styles/base.css';

const feed = new Feed('/api/events');
feed.start();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <FeedContext value={feed}>
      <App />
    </FeedContext>
  </StrictMode>,
);
