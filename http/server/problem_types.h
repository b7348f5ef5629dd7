// Every kind of error the API answers with: its status, its name in `type`, its title, and a page
// for people at /problems/<name> (RFC 9457). One table.
#pragma once

#include "http/server/problem.h"

#include <span>
#include <string>
#include <string_view>

namespace genlock::http {

struct ProblemType {
  int status;
  std::string_view name;
  std::string_view title;
  std::string_view page;  // what it means and what to do, for people
};

std::span<const ProblemType> problem_types();
// nullptr: no such name.
const ProblemType* find_problem_type(std::string_view name);
// REQUIRES: a name of the table.
Problem make_problem(std::string_view name, std::string detail);

}  // namespace genlock::http
