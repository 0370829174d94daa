#include "runtime/metrics/registry.h"

#include <gtest/gtest.h>

#include <limits>

#include "runtime/metrics/plugin_metrics.h"
#include "runtime/metrics/process_metrics.h"

namespace sluice::metrics {
namespace {

constexpr Family kFamilies[] = {
    {"a_total", Type::kCounter, "As."},
    {"b", Type::kGauge, "Bs."},
    {"c", Type::kGauge, "Cs.", "name"},
};
constexpr Family kTimes[] = {{"took_seconds", Type::kHistogram, "How long."}};

TEST(RegistryTest, SeriesOfOneNameStandTogether) {
  Registry registry;
  EXPECT_EQ(registry.Text(), "");
  const auto x = registry.Add(kFamilies, Label("x", "1"),
                              [](Reading& reading) { reading.Number(3).Number(0.25).Text("n"); });
  const auto y =
      registry.Add(kFamilies, {}, [](Reading& reading) { reading.Number(1e15).Absent().Text(""); });
  EXPECT_EQ(registry.Text(),
            "# HELP a_total As.\n# TYPE a_total counter\na_total{x=\"1\"} 3\na_total 1e+15\n"
            "# HELP b Bs.\n# TYPE b gauge\nb{x=\"1\"} 0.25\n"
            "# HELP c Cs.\n# TYPE c gauge\nc{x=\"1\",name=\"n\"} 1\n");
}

TEST(RegistryTest, NumbersAsPrometheusReadsThem) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Registry registry;
  const auto group = registry.Add({&kFamilies[1], 1}, {}, [](Reading& reading) {
    for (const double value : {std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity, 0.1,
                               -7.0, 1700000000.125}) {
      reading.Series(Label("v", "")).Number(value);
    }
  });
  EXPECT_EQ(registry.Text(),
            "# HELP b Bs.\n# TYPE b gauge\nb{v=\"\"} NaN\nb{v=\"\"} +Inf\nb{v=\"\"} -Inf\n"
            "b{v=\"\"} 0.1\nb{v=\"\"} -7\nb{v=\"\"} 1700000000.125\n");
}

TEST(RegistryTest, AGroupGoesWithItsRegistration) {
  Registry registry;
  auto group = registry.Add(kFamilies, {}, [](Reading& reading) { reading.Number(1); });
  auto moved = std::move(group);
  EXPECT_EQ(registry.Text(), "# HELP a_total As.\n# TYPE a_total counter\na_total 1\n");
  moved = {};
  EXPECT_EQ(registry.Text(), "");
  moved.Remove();
}

TEST(RegistryTest, ARegistrationOutlivesItsRegistry) {
  auto registry = std::make_unique<Registry>();
  const auto group = registry->Add(kFamilies, {}, [](Reading&) {});
  registry.reset();
}

TEST(RegistryTest, LabelsAreEscaped) {
  EXPECT_EQ(Label("a", "q\" b\\ n\n"), "a=\"q\\\" b\\\\ n\\n\",");
  EXPECT_EQ(ToName("a-b.c"), "a_b_c");
}

TEST(RegistryTest, AHistogramSumsUpItsRanges) {
  Registry registry;
  Histogram histogram;
  histogram.Observe(1, 2);
  histogram.Observe(2000, 1);
  histogram.Observe(10'000'000, 1);
  histogram.Observe(-5, 1);  // clocks differ
  const auto group = registry.Add(kTimes, Label("x", "1"),
                                  [&](Reading& reading) { reading.Distribution(histogram); });
  const std::string text = registry.Text();
  EXPECT_NE(text.find("took_seconds_bucket{x=\"1\",le=\"0.001\"} 3\n"), text.npos);
  EXPECT_NE(text.find("took_seconds_bucket{x=\"1\",le=\"1\"} 3\n"), text.npos);
  EXPECT_NE(text.find("took_seconds_bucket{x=\"1\",le=\"2.5\"} 4\n"), text.npos);
  EXPECT_NE(text.find("took_seconds_bucket{x=\"1\",le=\"+Inf\"} 5\n"), text.npos);
  EXPECT_NE(text.find("took_seconds_sum{x=\"1\"} 10002.002\n"), text.npos);
  EXPECT_NE(text.find("took_seconds_count{x=\"1\"} 5\n"), text.npos);
}

TEST(PluginMetricsTest, KindsAndLabels) {
  Registry registry;
  const auto plugin = PluginMetrics::Make(&registry, Label("connector", "c"));
  plugin->Record("rows", PluginMetrics::Kind::kAdd, 2);
  plugin->Record("rows", PluginMetrics::Kind::kAdd, 3);
  plugin->Record("age-ms{topic=\"t\\\"\", partition=\"0\"}", PluginMetrics::Kind::kSet, 4);
  plugin->Record("size", PluginMetrics::Kind::kObserve, 10);
  plugin->Record("size", PluginMetrics::Kind::kObserve, 20);
  plugin->Record("size", PluginMetrics::Kind::kSet, 99);  // it is an observation already
  const std::string text = registry.Text();
  EXPECT_NE(text.find("# TYPE kafka_connect_plugins_rows_total counter\n"
                      "kafka_connect_plugins_rows_total{connector=\"c\"} 5\n"),
            text.npos);
  EXPECT_NE(text.find("kafka_connect_plugins_age_ms{connector=\"c\",topic=\"t\\\"\","
                      "partition=\"0\"} 4\n"),
            text.npos)
      << text;
  EXPECT_NE(text.find("# TYPE kafka_connect_plugins_size summary\n"
                      "kafka_connect_plugins_size_sum{connector=\"c\"} 30\n"
                      "kafka_connect_plugins_size_count{connector=\"c\"} 2\n"),
            text.npos);
  plugin->Close();
  plugin->Record("rows", PluginMetrics::Kind::kAdd, 1);
  EXPECT_EQ(registry.Text(), "");
}

TEST(PluginMetricsTest, WhatIsNoMetricIsDropped) {
  Registry registry;
  const auto plugin = PluginMetrics::Make(&registry, Label("connector", "c"));
  for (const char* name :
       {"", "A", "a b", "-a", "a{", "a{b}", "a{b=c}", "a{b=\"c}", "a{b=\"c\"", "a{connector=\"x\"}",
        "a{task=\"x\"}", "a{b=\"c\"d=\"e\"}", "a{1=\"c\"}", "\xc3\xa4"}) {
    plugin->Record(name, PluginMetrics::Kind::kSet, 1);
  }
  EXPECT_EQ(registry.Text(), "");
}

TEST(PluginMetricsTest, TheirNumberIsBounded) {
  Registry registry;
  const auto plugin = PluginMetrics::Make(&registry, {});
  for (size_t i = 0; i < 2 * PluginMetrics::kNamesMax; ++i) {
    plugin->Record("a" + std::to_string(i), PluginMetrics::Kind::kSet, 1);
  }
  const std::string text = registry.Text();
  EXPECT_NE(text.find("kafka_connect_plugins_a499 1\n"), text.npos);
  EXPECT_EQ(text.find("kafka_connect_plugins_a500 1\n"), text.npos);
}

// One name has one type; what another plugin calls the same is left out.
TEST(PluginMetricsTest, OneNameOfTwoTypes) {
  Registry registry;
  const auto a = PluginMetrics::Make(&registry, Label("connector", "a"));
  const auto b = PluginMetrics::Make(&registry, Label("connector", "b"));
  a->Record("x", PluginMetrics::Kind::kSet, 1);
  b->Record("x", PluginMetrics::Kind::kObserve, 1);
  const std::string text = registry.Text();
  EXPECT_NE(text.find("# TYPE kafka_connect_plugins_x gauge\n"), text.npos);
  EXPECT_EQ(text.find("summary"), text.npos);
}

TEST(ProcessMetricsTest, ReadsProc) {
  Registry registry;
  const auto groups = AddProcessMetrics(registry);
  const std::string text = registry.Text();
  EXPECT_NE(text.find("\nprocess_threads 1\n"), text.npos) << text;
  EXPECT_EQ(text.find("\nprocess_resident_memory_bytes 0\n"), text.npos);
  EXPECT_NE(text.find("\njvm_threads_current 1\n"), text.npos);
  EXPECT_NE(text.find("jvm_gc_collection_seconds_sum{gc=\"none\"} 0\n"), text.npos);
}

}  // namespace
}  // namespace sluice::metrics
