import { useSession, useSessionState } from '../sync/use.ts';

export function Notices() {
  const session = useSession();
  const notices = useSessionState((state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.id} className="notice">
          <span className="grow">{notice.text}</span>
          {notice.undo && (
            <button type="button" onClick={() => {
              if (typeof notice.undo === 'string') session.undo(notice.undo);
              else notice.undo?.();
              session.dismiss(notice.id);
            }}>Undo</button>
          )}
          <button type="button" aria-label="Dismiss" onClick={() => session.dismiss(notice.id)}>✕</button>
        </div>
      ))}
    </div>
  );
}
