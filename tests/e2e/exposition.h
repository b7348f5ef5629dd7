// Reads the text of /metrics as strictly as Prometheus' exposition format 0.0.4 allows:
//   page    := family*
//   family  := "# HELP " name " " text NL "# TYPE " name " " type NL sample+
//   sample  := name [ "{" label ("," label)* [","] "}" ] " " number NL
// A family comes once, its samples together; a histogram's buckets grow with `le` and end in +Inf,
// which is the count. Fails the test at the first line that is otherwise.
#pragma once

#include "catch.h"

#include <cmath>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace genlock::cli {

struct Exposition {
  std::map<std::string, std::string> types, helps;  // by family
  std::map<std::string, double> samples;            // "name{a="b",c="d"}" -> value

  static Exposition parse(const std::string& text) {
    Exposition page;
    REQUIRE((!text.empty() && text.back() == '\n'));
    std::istringstream in(text);
    std::string family;
    for (std::string line; std::getline(in, line);) {
      INFO("line: " << line);
      line.starts_with("#") ? page.take_comment(line, family) : page.take_sample(line, family);
    }
    for (const auto& [name, type] : page.types)
      if (type == "histogram") page.require_histogram(name);
    return page;
  }

  // 0 where there is no such sample.
  double operator[](const std::string& sample) const {
    const auto found = samples.find(sample);
    return found == samples.end() ? 0 : found->second;
  }
  bool has(const std::string& sample) const { return samples.contains(sample); }

 private:
  void take_comment(const std::string& line, std::string& family) {
    static const std::regex help(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*))");
    static const std::regex type(
        R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped))");
    std::smatch match;
    if (std::regex_match(line, match, help)) {
      family = match[1];
      REQUIRE(helps.emplace(family, match[2]).second);
      return;
    }
    REQUIRE(std::regex_match(line, match, type));
    REQUIRE(match[1] == family);
    REQUIRE(types.emplace(family, match[2]).second);
    REQUIRE(((match[2] == "counter") == family.ends_with("_total")));
  }

  void take_sample(const std::string& line, const std::string& family) {
    static const std::regex sample(
        R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (\S+))re");
    std::smatch match;
    REQUIRE(std::regex_match(line, match, sample));
    REQUIRE(types.contains(family));
    const std::string name = match[1], number = match[3];
    const std::string rest = name.starts_with(family) ? name.substr(family.size()) : "?";
    const std::set<std::string> parts = {"_bucket", "_sum", "_count"};
    REQUIRE((types[family] == "histogram" ? parts.contains(rest) : rest.empty()));
    char* end = nullptr;
    const double value = number == "+Inf" ? INFINITY : std::strtod(number.c_str(), &end);
    REQUIRE((end == nullptr || *end == '\0'));
    if (types[family] != "gauge") REQUIRE(value >= 0);
    REQUIRE(samples.emplace(name + match[2].str(), value).second);
  }

  void require_histogram(const std::string& name) const {
    std::map<std::string, std::map<double, double>> buckets;  // by the other labels
    static const std::regex le(R"re(,?le="([^"]+)")re");
    for (const auto& [sample, value] : samples) {
      if (!sample.starts_with(name + "_bucket{")) continue;
      std::smatch match;
      REQUIRE(std::regex_search(sample, match, le));
      const double bound = match[1] == "+Inf" ? INFINITY : std::stod(match[1]);
      std::string others = std::regex_replace(sample.substr(name.size() + 7), le, "");
      buckets[others == "{}" ? "" : others][bound] = value;
    }
    REQUIRE(!buckets.empty());
    for (const auto& [labels, counts] : buckets) {
      INFO(name << labels);
      double before = 0;
      for (const auto& [bound, count] : counts) {
        REQUIRE(count >= before);
        before = count;
      }
      REQUIRE(std::isinf(counts.rbegin()->first));
      REQUIRE(has(name + "_count" + labels));
      REQUIRE((*this)[name + "_count" + labels] == before);
      REQUIRE(has(name + "_sum" + labels));
    }
  }
};

}  // namespace genlock::cli
