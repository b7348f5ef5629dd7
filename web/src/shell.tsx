// The frame around every screen: where to go, who you are, and the state of things.
import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { Link, Outlet } from '@tanstack/react-router';
import { Check, CircleUser, Clapperboard, GitMerge, Keyboard, Moon, MoonStar, RefreshCw, Sun, UserPen, Wrench } from 'lucide-react';
import { useState } from 'react';
import { Chip } from './parts/chip.tsx';
import { Keys, type Shown } from './parts/keys.tsx';
import { Notices } from './parts/notices.tsx';
import { plural } from './parts/time.ts';
import { Welcome } from './screens/welcome/welcome.tsx';
import { useSessionState, useTold } from './sync/use.ts';
import { isDim, setDim } from './theme/dim.ts';

export function Shell() {
  const told = useTold();
  const identity = useSessionState((state) => state.core.identity);
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<Shown>(null);
  return (
    <div className="shell">
      <a className="skip" href="#main">To the content</a>
      <nav className="bar" aria-label="Genlock">
        <Link to="/" search={{}} className="brand"><img src="/icon.svg" alt="Genlock" width={28} height={28} /><span aria-hidden>Genlock</span></Link>
        <div className="nav">
          <Link to="/" search={{}} activeOptions={{ exact: true, includeSearch: false }}><Clapperboard size={18} aria-hidden />Shows</Link>
          <Link to="/equipment" search={{}} activeOptions={{ includeSearch: false }}><Wrench size={18} aria-hidden />Equipment</Link>
          <Link to="/conflicts"><GitMerge size={18} aria-hidden />Conflicts<ConflictCount /></Link>
          <Link to="/nodes"><RefreshCw size={18} aria-hidden />Sync</Link>
        </div>
        <Chip />
        <Person onRename={() => setAsking(true)} onKeys={() => setShown('help')} />
      </nav>
      <OfflineBanner />
      <Outlet />
      <Notices />
      <Keys shown={shown} onShow={setShown} />
      {(asking || (told && !identity)) && <Welcome now={identity} onClose={identity ? () => setAsking(false) : null} />}
    </div>
  );
}

function ConflictCount() {
  const count = useSessionState((state) => (state.core.status?.conflicts.pending ?? 0) + state.entries.filter((entry) => entry.state !== 'queued').length);
  return count > 0 && <span className="count warn">{count}</span>;
}

function OfflineBanner() {
  const offline = useSessionState((state) => state.core.link === 'offline');
  const waiting = useSessionState((state) => (state.core.link === 'offline' ? state.entries.filter((entry) => entry.state === 'queued').length : 0));
  return offline && (
    <div className="banner" role="alert">
      The node is out of reach. Go on working: {waiting ? `${plural(waiting, 'edit')} ${waiting === 1 ? 'waits' : 'wait'}` : 'edits wait'} on this device and {waiting === 1 ? 'is' : 'are'} sent when it is back. Keep this page open.
    </div>
  );
}

const lights = { dark: [Moon, 'Dark screen'], dim: [MoonStar, 'Dim, for a running show'], light: [Sun, 'Light screen'] } as const;

function Person({ onRename, onKeys }: { onRename(): void; onKeys(): void }) {
  const identity = useSessionState((state) => state.core.identity);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [dim, dimmed] = useState(isDim);
  const now = colorScheme === 'dark' ? (dim ? 'dim' : 'dark') : 'light';
  const choose = (screen: keyof typeof lights) => {
    setColorScheme(screen === 'light' ? 'light' : 'dark');
    setDim(screen === 'dim');
    dimmed(screen === 'dim');
  };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target><ActionIcon aria-label={`You: ${identity?.user ?? 'nobody yet'}`} color="gray"><CircleUser size={22} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{identity ? `${identity.user}${identity.device ? `, ${identity.device}` : ''}` : 'Nobody yet'}</Menu.Label>
        <Menu.Item h={44} leftSection={<UserPen size={16} />} onClick={onRename}>Change name or device</Menu.Item>
        <Menu.Item h={44} leftSection={<Keyboard size={16} />} rightSection={<span className="dim small">?</span>} onClick={onKeys}>Keys</Menu.Item>
        <Menu.Divider />
        {(['dark', 'dim', 'light'] as const).map((screen) => {
          const [Icon, words] = lights[screen];
          return (
            <Menu.Item key={screen} h={44} aria-current={screen === now} leftSection={<Icon size={16} />} rightSection={screen === now && <Check size={16} aria-hidden />} onClick={() => choose(screen)}>{words}</Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
