#include "http/since.h"

#include "transfer/api_client.h"
#include "transfer/json_print.h"

namespace genlock::http {

using transfer::member;
using transfer::text_of;

Result<Since> history_since(ApiCore& core, const Moment& moment, const EventId& event) {
  const EventLog& log = core.parts.engine.log();
  TRY_ASSIGN(const VersionVector floor, log.floor(moment.reader(), event.stream));
  if (floor.contains(event.dot))
    return Error{ErrorCode::compacted, "what came after that event was compacted on this node"};
  TRY_ASSIGN(VersionVector seen, log.context_of(moment.reader(), event));
  TRY_ASSIGN(auto turn, core.folding.take());
  Since since;
  ListOptions page;
  while (true) {
    TRY_ASSIGN(ServedList list,
               list_history(moment.context(), event.stream, std::nullopt, page, core.history));
    TRY_ASSIGN(Json items, parse_json(list.json));
    for (Json& item : items.items) {
      auto id = EventId::parse(text_of(item, "event"));
      if (id == event)
        since.own.push_back(std::move(item));
      else if (id && seen.last_seen(id->dot.origin) < id->dot.sequence)
        since.later.push_back(std::move(item));
    }
    if (!list.next_cursor) return since;
    page.cursor = *list.next_cursor;
  }
}

Json changed_since(const Json& item, std::string_view column) {
  Json made = transfer::json_object();
  for (const char* key : {"table", "record_id", "label", "by", "at", "event"})
    made.members.emplace_back(key, member(item, key));
  made.members.emplace_back("column",
                            column.empty() ? Json{} : transfer::json_text(std::string(column)));
  return made;
}

bool changes_life(const Json& item) {
  std::string op = text_of(item, "op");
  return op == "create" || op == "delete" || op == "restore";
}

std::set<std::string> columns_of(const Json& item) {
  std::set<std::string> columns;
  for (const Json& change : member(item, "changes").items)
    columns.insert(text_of(change, "column"));
  return columns;
}

}  // namespace genlock::http
