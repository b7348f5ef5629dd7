// Builds the families of one answer of /metrics. Internal to cli/metrics*.cpp, the only ones that
// see Prometheus' types.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genlock::cli {

using Labels = std::vector<std::pair<std::string, std::string>>;

class MetricPage {
 public:
  // Begins a family; what is added next is its values.
  MetricPage& counter(std::string_view name, std::string_view help);
  MetricPage& gauge(std::string_view name, std::string_view help);
  MetricPage& histogram(std::string_view name, std::string_view help);

  // REQUIRES: the family is of that kind.
  MetricPage& add(double value, const Labels& labels = {});
  template <class Number>
  MetricPage& add(Number value, const Labels& labels = {}) {
    return add(static_cast<double>(value), labels);
  }
  MetricPage& add(const prometheus::Histogram& values, const Labels& labels = {});

  // Families without values are left out.
  std::string text() const;

 private:
  MetricPage& family(prometheus::MetricType type, std::string_view name, std::string_view help);
  void add(prometheus::ClientMetric metric, const Labels& labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace genlock::cli
