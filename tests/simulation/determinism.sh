#!/usr/bin/env bash
# What runs in the simulator must depend on its seed alone. Prints each line of the simulated code that reads a wall clock,
# a random device or the environment, starts a thread or sleeps, or has an order that is the allocator's: unordered
# containers, sets and maps of pointers. Exit code 1 where there is one. ./dev lint and ctest run it.
set -euo pipefail
cd "$(dirname "$0")/../.."

words='system_clock|steady_clock|high_resolution_clock|clock_gettime|gettimeofday|random_device|mt19937|getenv'
words+='|std::j?thread|std::async|this_thread|std::(time|rand)\('
words+='|unordered_(map|set|multimap|multiset)|std::(set|map)<[^,<>]*\*'

# Not simulated: what meets sockets and threads (replication's rim) and the program around the simulator. The log writer is
# simulated; its clocks say only how long a group gathers, which one caller alone never does.
rim='replication/(http_transport|link|replicator|resolve|sync_server)\.|tests/simulation/simulate_main\.cpp'
# Looked up in, never iterated.
looked_up='engine/word_merge\.cpp:.*unordered_map'

simulated_files() {
  find engine projections replication tests/simulation tests/support/seeded_random.h \
    eventlog/log.* eventlog/log_keys.* eventlog/memory_store.* eventlog/persistent_map.* \
    -name '*.h' -o -name '*.cpp' | grep -vE "^($rim)" | LC_ALL=C sort
}

without_comments() { grep -vE '^([^:]+:[0-9]+:)? *//' || true; }

found_in() { grep -HnE "$words" "$@" | without_comments | grep -vE "^$looked_up" || true; }

# The lint itself can fail: each of these lines must be found.
self_test() {
  local bad line
  bad=$(mktemp)
  trap 'rm -f "$bad"' RETURN
  for line in 'auto now = std::chrono::system_clock::now();' 'std::random_device device;' 'std::thread worker(run);' \
    'std::unordered_map<int, int> rows;' 'std::set<Row*> rows;' 'std::this_thread::yield();' 'getenv("HOME")'; do
    echo "$line" >"$bad"
    if [[ -z $(found_in "$bad") ]]; then
      echo "the lint does not see: $line"
      return 1
    fi
  done
  echo '  // a system_clock in a comment' >"$bad"
  [[ -z $(found_in "$bad") ]] || { echo "the lint sees comments"; return 1; }
}

self_test
mapfile -t files < <(simulated_files)
[[ ${#files[@]} -gt 100 ]] || { echo "only ${#files[@]} files are looked at"; exit 1; }
found=$(found_in "${files[@]}")
[[ -z $found ]] && exit 0
echo "$found"
exit 1
