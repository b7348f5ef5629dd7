#include "cli/metric_page.h"

#include <prometheus/text_serializer.h>

namespace genlock::cli {

MetricPage& MetricPage::counter(std::string_view name, std::string_view help) {
  return family(prometheus::MetricType::Counter, name, help);
}

MetricPage& MetricPage::gauge(std::string_view name, std::string_view help) {
  return family(prometheus::MetricType::Gauge, name, help);
}

MetricPage& MetricPage::histogram(std::string_view name, std::string_view help) {
  return family(prometheus::MetricType::Histogram, name, help);
}

MetricPage& MetricPage::add(double value, const Labels& labels) {
  prometheus::ClientMetric metric;
  const bool counts = families_.back().type == prometheus::MetricType::Counter;
  (counts ? metric.counter.value : metric.gauge.value) = value;
  add(std::move(metric), labels);
  return *this;
}

MetricPage& MetricPage::add(const prometheus::Histogram& values, const Labels& labels) {
  add(values.Collect(), labels);
  return *this;
}

std::string MetricPage::text() const {
  std::vector<prometheus::MetricFamily> filled;
  for (const prometheus::MetricFamily& family : families_)
    if (!family.metric.empty()) filled.push_back(family);
  return prometheus::TextSerializer().Serialize(filled);
}

MetricPage& MetricPage::family(prometheus::MetricType type, std::string_view name,
                               std::string_view help) {
  families_.push_back({std::string(name), std::string(help), type, {}});
  return *this;
}

void MetricPage::add(prometheus::ClientMetric metric, const Labels& labels) {
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  families_.back().metric.push_back(std::move(metric));
}

}  // namespace genlock::cli
