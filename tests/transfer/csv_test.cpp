#include "transfer/csv.h"

#include "catch.h"

using namespace genlock;
using namespace genlock::transfer;

namespace {

using Cells = std::vector<std::vector<std::string>>;

Cells cells_of(std::string_view text) {
  auto rows = parse_csv(text);
  REQUIRE(rows.ok());
  Cells cells;
  for (const CsvRow& row : *rows) cells.push_back(row.cells);
  return cells;
}

std::string fault_of(std::string_view text) {
  auto rows = parse_csv(text);
  REQUIRE(!rows.ok());
  return rows.error().message;
}

}  // namespace

TEST_CASE("a text in quotes may hold separators, quotes and lines", "[transfer][csv]") {
  REQUIRE(cells_of("a,b\r\n\"x, \"\"y\"\"\",\"one\r\ntwo\"\r\n") ==
          Cells{{"a", "b"}, {"x, \"y\"", "one\r\ntwo"}});
}

TEST_CASE("every line end, a byte order mark, and no end at the end", "[transfer][csv]") {
  Cells wanted{{"a", "b"}, {"1", "2"}, {"3", ""}};
  REQUIRE(cells_of("a,b\r\n1,2\r\n3,\r\n") == wanted);
  REQUIRE(cells_of("a,b\n1,2\n3,") == wanted);
  REQUIRE(cells_of("\xef\xbb\xbf"
                   "a,b\r1,2\r3,\r") == wanted);
  REQUIRE(cells_of("").empty());
}

TEST_CASE("the separator is found as Excel writes it in Europe", "[transfer][csv]") {
  Cells wanted{{"NAME", "RATE, Hz"}, {"CAM 1", "59,94"}};
  REQUIRE(cells_of("NAME;\"RATE, Hz\"\r\nCAM 1;59,94\r\n") == wanted);
  REQUIRE(cells_of("sep=;\r\nNAME;RATE, Hz\r\nCAM 1;59,94\r\n") == wanted);
  REQUIRE(cells_of("NAME\tRATE, Hz\nCAM 1\t59,94\n") == wanted);
}

TEST_CASE("lines without anything are passed over, and counted", "[transfer][csv]") {
  auto rows = parse_csv("a,b\n\n,,\n\"x\ny\",2\n3,4\n");
  REQUIRE(rows.ok());
  REQUIRE(rows->size() == 3);
  REQUIRE((*rows)[1].line == 4);
  REQUIRE((*rows)[2].line == 6);
}

TEST_CASE("what can't be read is told with its line and column", "[transfer][csv]") {
  REQUIRE(fault_of("a,b\n1,\"2\n3,4\n").starts_with("line 2, column 2: the quote that opens here"));
  REQUIRE(fault_of("a,b\n\"1\"x,2\n").starts_with("line 2, column 1: there is text after"));
  REQUIRE(fault_of("a,b\n1,2\nM\xfcller,3\n").starts_with("line 3 is no UTF-8"));
  REQUIRE(fault_of("\xff\xfe"
                   "a")
              .starts_with("the file is UTF-16"));
  REQUIRE(fault_of(std::string(300, ',')).starts_with("line 1, column 257"));
  std::string long_file = "a\n";
  for (std::size_t i = 0; i < max_csv_rows; ++i) long_file += "x\n";
  REQUIRE(fault_of(long_file).starts_with("there are more than 20000 rows"));
}

TEST_CASE("a cell that a spreadsheet would run goes out as text, and comes back",
          "[transfer][csv]") {
  for (std::string text :
       {"=1+1", "+49", "-5", "@A1", "\tx", "\rx", "\nx", "'=1", "''+", "=cmd|' /C calc'!A0"}) {
    INFO(text);
    REQUIRE(guarded(text).front() == '\'');
    REQUIRE(unguarded(guarded(text)) == text);
  }
  for (std::string text : {"", "CAM 1", "'quoted'", "it's", "a=b", "5 - 3"}) {
    REQUIRE(guarded(text) == text);
    REQUIRE(unguarded(text) == text);
  }
}

TEST_CASE("what is written is read again", "[transfer][csv]") {
  std::vector<std::string> cells{"a,b", "x;y", "\"", "", " x ", "one\r\ntwo", "55\""};
  for (char separator : {',', ';'}) {
    std::string line =
        csv_line(std::vector<std::string>(7, "h"), separator) + csv_line(cells, separator);
    REQUIRE(cells_of(line)[1] == cells);
  }
}
