// One configured peer: its scheduler, its two connections and their threads.
#pragma once

#include "replication/replicator.h"
#include "replication/session.h"
#include "replication/synced_times.h"

#include <condition_variable>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

namespace genlock::replication {

// Milliseconds of a clock that only goes forward.
SteadyMs steady_now();

class Replicator::Link {
 public:
  Link(SessionPorts& ports, const PeerAddress& address, const Options& options,
       SyncedTimes& synced);
  ~Link() { stop(); }

  void start(bool paused);
  void begin_stop();  // cuts what is under way
  void stop();        // and waits for the threads
  void log_grew();
  void set_paused(bool paused);
  // `advance` is told as the next full session goes on, `ended` when it is over or this link stops.
  struct Request {
    std::function<void(std::uint64_t done, std::uint64_t total)> advance;
    std::function<void(const SessionReport& report)> ended;
    std::stop_token cancelled = {};
  };
  void sync_now(Request request);
  // Ends the requests that were cancelled, and a session that was under way for no other.
  void drop_cancelled();

  LinkStatus status() const;
  bool syncing() const;
  NodeId peer() const;

 private:
  void run_sessions();
  void run_polls();
  void run_session(Plan plan);
  Result<Message> carry(const Message& message);
  void end_cut();
  static void end(std::list<Request> requests, const Error& error);
  void run_poll();
  void note_synced(UnixMs at_ms);
  void note_end(const SessionReport& report, Plan plan, UnixMs started_ms);

  SessionPorts& ports_;
  const Options& options_;
  SyncedTimes& synced_;
  const std::string url_;
  HttpTransport session_transport_, poll_transport_;

  // Held while a session is being cut, so that the next one is not hit. Taken before mutex_.
  std::mutex cut_mutex_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  Scheduler scheduler_;
  bool stopping_ = false;
  bool poll_due_ = false;
  bool cut_ = false;  // the session under way is to end
  NodeId peer_;
  LinkStatus status_;
  std::list<Request> asked_, served_;  // for the next full session; for the one under way
  std::thread sessions_, polls_;
};

}  // namespace genlock::replication
