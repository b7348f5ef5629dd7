// The part of /metrics that is read when somebody asks. Internal to cli/metrics.cpp.
#pragma once

#include "cli/metric_page.h"
#include "cli/metrics.h"

namespace genlock::cli {

void put_node(MetricPage& page, const NodeReadings& readings);
void put_store(MetricPage& page, const NodeReadings& readings);
void put_sync(MetricPage& page, const NodeReadings& readings);
void put_process(MetricPage& page, const ProcessStats& process);

}  // namespace genlock::cli
