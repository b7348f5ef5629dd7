// The part of /metrics that is read when somebody asks. Internal to cli/metrics.cpp.
#pragma once

#include "cli/metric_page.h"
#include "cli/metrics.h"

namespace genlock::cli {

void put_node(MetricPage& page, const NodeReadings& readings);
// Events, conflicts, merges.
void put_log(MetricPage& page, const NodeReadings& readings);
// `diverged`: streams that differed from a peer's.
void put_projections(MetricPage& page, const NodeReadings& readings, std::uint64_t diverged);
void put_store(MetricPage& page, const NodeReadings& readings);
void put_backups(MetricPage& page, const BackupMeasures& backups);
void put_sync(MetricPage& page, const NodeReadings& readings);
void put_process(MetricPage& page, const ProcessStats& process);

}  // namespace genlock::cli
