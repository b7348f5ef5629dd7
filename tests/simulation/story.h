// Events in words, for the story of a seed (--trace).
#pragma once

#include "engine/event.h"

#include <string>

namespace genlock::simulation {

std::string brief(const Uuid& id);  // "a1b2c3d4"
std::string brief(const Dot& dot);  // "a1b2c3d4:3"
// "a1b2c3d4:3 sets sources 5e6f7a8b video_format (5=1920, 6=1080), instead of a1b2c3d4:2"
std::string tell(const Event& event);

}  // namespace genlock::simulation
