#include "transfer/csv.h"

#include "engine/utf8.h"

#include <algorithm>

namespace genlock::transfer {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string place(std::size_t line, std::size_t column) {
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Error bad(std::string message) { return {ErrorCode::bad_request, std::move(message)}; }

Result<void> check_bytes(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return bad("the file is UTF-16: save it as \"CSV UTF-8\"");
  if (is_utf8(text) && text.find('\0') == text.npos) return {};
  std::size_t line = 1;
  while (!text.empty()) {
    std::string_view here = text.substr(0, text.find('\n'));
    if (!is_utf8(here) || here.find('\0') != here.npos) break;
    text.remove_prefix(std::min(text.size(), here.size() + 1));
    ++line;
  }
  return bad("line " + std::to_string(line) + " is no UTF-8: save the file as \"CSV UTF-8\"");
}

// Of the first line: what stands there most often outside quotes.
char separator_of(std::string_view text) {
  std::size_t commas = 0, semicolons = 0, tabs = 0;
  bool is_quoted = false;
  for (char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (c == '\r' || c == '\n') break;
    commas += c == ',';
    semicolons += c == ';';
    tabs += c == '\t';
  }
  if (tabs > 0 && tabs >= std::max(commas, semicolons)) return '\t';
  return semicolons > 0 && semicolons >= commas ? ';' : ',';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    separator_ = separator_of(text_.substr(at_));
    take_separator_line();
  }

  Result<std::vector<CsvRow>> read() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      TRY_ASSIGN(CsvRow row, read_row());
      bool is_blank = std::ranges::all_of(row.cells, &std::string::empty);
      if (is_blank) continue;
      if (rows.size() == max_csv_rows)
        return bad("there are more than " + std::to_string(max_csv_rows) +
                   " rows: import the file in parts");
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  // "sep=;" is for Excel, and for us.
  void take_separator_line() {
    std::string_view rest = text_.substr(at_);
    if (!rest.starts_with("sep=") || rest.size() < 5) return;
    std::string_view after = rest.substr(5);
    if (!after.empty() && after.front() != '\r' && after.front() != '\n') return;
    separator_ = rest[4];
    at_ += 5;
    take_line_end();
  }

  Result<CsvRow> read_row() {
    CsvRow row{.line = line_, .cells = {}};
    while (true) {
      if (row.cells.size() == max_csv_columns)
        return bad(place(line_, row.cells.size() + 1) + ": at most " +
                   std::to_string(max_csv_columns) + " columns");
      TRY_ASSIGN(std::string cell, read_cell(row.cells.size() + 1));
      row.cells.push_back(std::move(cell));
      if (at_ == text_.size()) return row;
      if (text_[at_] != separator_) break;
      ++at_;
    }
    take_line_end();
    return row;
  }

  bool ends_cell() const {
    if (at_ == text_.size()) return true;
    char c = text_[at_];
    return c == separator_ || c == '\r' || c == '\n';
  }

  Result<std::string> read_cell(std::size_t column) {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted(column);
    std::size_t begin = at_;
    while (!ends_cell()) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<std::string> read_quoted(std::size_t column) {
    std::string begun = place(line_, column), cell;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        count_line();
        cell += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell += text_[at_++];
      } else {
        ++at_;
        if (ends_cell()) return cell;
        return bad(place(line_, column) +
                   ": there is text after the closing quote; a quote inside a text is written "
                   "twice");
      }
    }
    return bad(begun + ": the quote that opens here is never closed");
  }

  // A CR that an LF follows is counted with the LF.
  void count_line() {
    char c = text_[at_];
    bool is_crlf = c == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
    if (c == '\n' || (c == '\r' && !is_crlf)) ++line_;
  }

  void take_line_end() {
    if (at_ == text_.size()) return;
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1;
  char separator_ = ',';
};

// Apostrophes, and then what makes a formula.
bool looks_guarded(std::string_view text) {
  auto first = text.find_first_not_of('\'');
  return first != text.npos && std::string_view("=+-@\t\r\n").find(text[first]) != text.npos;
}

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text) {
  TRY(check_bytes(text));
  return Reader(text).read();
}

std::string csv_line(const std::vector<std::string>& cells, char separator) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += separator;
    const std::string& cell = cells[i];
    bool needs_quotes = cell.find(separator) != cell.npos ||
                        cell.find_first_of("\"\t\r\n") != cell.npos || cell.starts_with(' ') ||
                        cell.ends_with(' ');
    if (!needs_quotes) {
      line += cell;
      continue;
    }
    line += '"';
    for (char c : cell) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\r\n";
}

std::string guarded(std::string text) { return looks_guarded(text) ? '\'' + text : text; }

std::string unguarded(std::string text) {
  if (text.starts_with('\'') && looks_guarded(text)) text.erase(0, 1);
  return text;
}

}  // namespace genlock::transfer
