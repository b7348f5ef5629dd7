// The demos are what people see first: what they say is checked here too.
#include "cli/api_client.h"
#include "nodes.h"
#include "support/places.h"
#include "transfer/json_print.h"

using namespace genlock;
using namespace genlock::cli;

TEST_CASE("every claim of the partition story holds", "[e2e]") {
  Nodes::Ran ran = Nodes::run({"demo", "partition", "--json"});
  INFO(ran.output);
  REQUIRE(ran.status == 0);
  Result<Json> story = parse_json(ran.output);
  REQUIRE(story.ok());
  REQUIRE(member(*story, "claims").items.size() >= 15);
  REQUIRE(member(*story, "ok").boolean);
}

TEST_CASE("demo up starts two nodes with a show and stops both", "[e2e]") {
  Nodes nodes;
  auto demo =
      ChildProcess::start({genlock_program(), "demo", "up", "--dir", nodes.path("demo"),
                           "--samples", test_data(""), "--cloud-port", "0", "--lan-port", "0"});
  REQUIRE(demo.ok());
  Result<std::string> venue = (*demo)->wait_for_line("venue   ", std::chrono::seconds(120));
  INFO((venue.ok() ? "" : venue.error().message));
  REQUIRE(venue.ok());
  REQUIRE(venue->find("120 sources") != std::string::npos);
  auto client = connect_to(venue->substr(0, venue->find(' ')));
  REQUIRE(client.ok());
  REQUIRE((*client)->get("/healthz").ok());
  REQUIRE((*demo)->stop(std::chrono::seconds(60)).value() == 0);
  REQUIRE(!(*client)->get("/healthz").ok());
}
