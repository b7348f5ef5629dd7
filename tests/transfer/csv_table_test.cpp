#include "transfer/csv_table.h"

#include "catch.h"
#include "transfer/api_client.h"
#include "transfer/csv_lists.h"
#include "transfer/json_print.h"

using namespace genlock;
using namespace genlock::transfer;

namespace {

const std::string show_id = "11111111-1111-4111-8111-111111111111";

CsvOptions options_for(std::string_view table, std::string_view map = "") {
  CsvOptions options;
  auto found = csv_table(table);
  REQUIRE(found.ok());
  options.table = *found;
  options.production = *RecordId::parse(show_id);
  auto columns = read_csv_map(map);
  REQUIRE(columns.ok());
  options.columns = *columns;
  return options;
}

ImportFile read(std::string_view table, std::string_view text, std::string_view map = "") {
  auto file = read_csv("f.csv", text, options_for(table, map));
  INFO((file.ok() ? "" : file.error().message));
  REQUIRE(file.ok());
  return *std::move(file);
}

std::string refusal(std::string_view table, std::string_view text, std::string_view map = "") {
  auto file = read_csv("f.csv", text, options_for(table, map));
  REQUIRE(!file.ok());
  return file.error().message;
}

// The reason why the only bad line of a file is left out.
std::string reason(std::string_view table, std::string_view text) {
  ImportFile file = read(table, text);
  REQUIRE(file.left_out.size() == 1);
  const LeftOut& row = file.left_out[0].second;
  return row.pointer + ": " + row.reason;
}

const Json& first_row(const ImportFile& file) { return file.shows[0].children[0].json; }

}  // namespace

TEST_CASE("headings as the crew's workbook has them", "[transfer][csv]") {
  ImportFile file =
      read("sources",
           "ID,TYPE,NAME,H RES,V RES,RATE,STANDARD,NOTE,SECONDARY DEVICE,OUT\r\n"
           "SRC 18,CAM,CAM 1,1920,1080,59.94,SL,LONG LENS,SMPTE FIBER > CCU,SDI | HDMI\r\n");
  const Json& row = first_row(file);
  REQUIRE(text_of(row, "label") == "SRC 18");
  REQUIRE(text_of(row, "production_id") == show_id);
  REQUIRE(integer_of(row, "h_res") == 1920);
  REQUIRE(member(row, "rate").real == 59.94);
  REQUIRE(text_of(row, "secondary_device") == "SMPTE FIBER > CCU");
  REQUIRE(member(row, "outputs").items.size() == 2);
  REQUIRE(text_of(member(row, "outputs").items[1], "connector") == "HDMI");
  REQUIRE(file.shows[0].children[0].match_by_name);
  REQUIRE(file.notes.empty());
}

TEST_CASE("a map says what headings mean, and what to leave alone", "[transfer][csv]") {
  ImportFile file = read("sends", "Ziel;Kind;Res;Old\nSCREEN 1;MONITOR;3840 x 2160 @ 59,94;zzz\n",
                         "Ziel=name,Kind=type,Res=resolution,Old=");
  const Json& row = first_row(file);
  REQUIRE(text_of(row, "name") == "SCREEN 1");
  REQUIRE(integer_of(row, "h_res") == 3840);
  REQUIRE(integer_of(row, "v_res") == 2160);
  REQUIRE(member(row, "rate").real == 59.94);
  REQUIRE(file.notes.empty());
  REQUIRE(read("sends", "name,Foo\nA,1\n").notes ==
          std::vector<std::string>{"line 1, column 2 (Foo) is not taken: it is the name of no "
                                   "column, and no map names it"});
}

TEST_CASE("what makes a whole CSV file unusable is said with the way out", "[transfer][csv]") {
  REQUIRE(refusal("sources", "").find("first line must name the columns") != std::string::npos);
  REQUIRE(refusal("sources", "foo,bar\n1,2\n").find("line 1 names no column of sources") !=
          std::string::npos);
  REQUIRE(refusal("sources", "name,NAME\n1,2\n").find("another column is \"name\" already") !=
          std::string::npos);
  REQUIRE(refusal("sources", "name\n1\n", "Titel=name").find("no column \"Titel\"") !=
          std::string::npos);
  REQUIRE(refusal("sources", "a\n1\n", "a=colour").find("\"colour\" is no column of sources") !=
          std::string::npos);
  REQUIRE(refusal("equipment", "model,inputs\nX,SDI\n").find("give both") != std::string::npos);
  REQUIRE(refusal("sources", "name,res,h_res\nX,1x1,1\n").find("resolution stands for") !=
          std::string::npos);
  REQUIRE(!csv_table("connections").ok());
  REQUIRE(!read_csv_map("name").ok());
}

TEST_CASE("a line with a bad cell is left out with line and column", "[transfer][csv]") {
  REQUIRE(reason("sources", "name,H RES\nA,1920\nB,wide\n") ==
          "line 3: column 2 (H RES) must be a whole number, not \"wide\"");
  REQUIRE(reason("sources", "name,rate\nA,0\n") ==
          "line 2: column 2 (rate) must be above 0 up to 1000, not \"0\"");
  REQUIRE(reason("sources", "name,blanking\nA,some\n").find("must be one of none, RBv1") !=
          std::string::npos);
  REQUIRE(reason("sources", "name,type\nA,B,C\n").find("there are 3 cells and 2 headings") !=
          std::string::npos);
  REQUIRE(reason("sources", "name,res\nA,1080p\n").find("must be like 1920x1080") !=
          std::string::npos);
  REQUIRE(reason("equipment", "model,specs\nA,hello\n").find("must be JSON") != std::string::npos);
  ImportFile file = read("sources", "name,h_res\nA,1\nB,x\nC,\"2\"\n");
  REQUIRE(file.shows[0].children.size() == 2);
}

TEST_CASE("lists in a cell: counts, own indexes, and back", "[transfer][csv]") {
  auto list = read_list_cell("2 x SDI | HDMI, 7: DP", 1);
  REQUIRE(list.ok());
  REQUIRE(list->size() == 4);
  REQUIRE((*list)[1].name == "SDI");
  REQUIRE((*list)[3].index == 7);
  REQUIRE(list_cell(*list, 1) == "SDI | SDI | HDMI | 7: DP");
  REQUIRE(list_cell({}, 1).empty());
  REQUIRE(!read_list_cell("99999999 x SDI", 1).ok());
  REQUIRE(!read_resolution("1920x").ok());
  REQUIRE(!read_resolution("x1080").ok());
  REQUIRE(!read_resolution("1920x1080 foo").ok());
  REQUIRE(read_resolution("1920\xc3\x97"
                          "1080")
              .ok());
}

TEST_CASE("ids of lines without one are the same every time, also of equal lines",
          "[transfer][csv]") {
  std::string text = "label,name\nSRC 1,A\nSRC 1,A\n,B\n";
  ImportFile first = read("sources", text), second = read("sources", text);
  for (std::size_t i = 0; i < 3; ++i)
    REQUIRE(first.shows[0].children[i].id == second.shows[0].children[i].id);
  REQUIRE(first.shows[0].children[0].id != first.shows[0].children[1].id);
}
