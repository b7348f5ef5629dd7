import '@mantine/core/styles.css';
import './theme/app.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { invalidate, queryClient } from './api/queries.ts';
import { router } from './router.tsx';
import { Link } from './sync/link.ts';
import { Session } from './sync/session.ts';
import { SessionContext } from './sync/use.ts';
import { recallDim } from './theme/dim.ts';
import { theme } from './theme/theme.ts';

recallDim();
const session = new Session(invalidate);
session.connect(new Link(session.receive));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="dark">
      <QueryClientProvider client={queryClient}>
        <SessionContext value={session}>
          <RouterProvider router={router} />
        </SessionContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
