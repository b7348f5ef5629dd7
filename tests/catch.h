// The test framework, whichever version is installed: Catch2 2 (Debian 12) or 3.
// Tests keep to what both have: TEST_CASE, SECTION, REQUIRE, REQUIRE_THAT with string matchers; no
// SKIP, no v3 matchers. CHECK is not Catch's here: it stays the engine's (engine/check.h), which
// stops the program. Tests say REQUIRE.
#pragma once

#pragma push_macro("CHECK")
#undef CHECK
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
#undef CHECK
#pragma pop_macro("CHECK")
