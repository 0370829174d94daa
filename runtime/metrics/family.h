// A metric by its Prometheus name: what all series of that name share.
#ifndef SLUICE_RUNTIME_METRICS_FAMILY_H_
#define SLUICE_RUNTIME_METRICS_FAMILY_H_

#include <span>
#include <string>
#include <string_view>

namespace sluice::metrics {

// Untyped: texts (value 1, the text in a label), and gauges whose Java name ends in -count, which
// Prometheus keeps for histograms.
enum class Type { kCounter, kGauge, kUntyped, kHistogram, kSummary };
std::string_view TypeName(Type type);

struct Family {
  std::string_view name;
  Type type;
  std::string_view help;
  std::string_view text_label = {};  // of a text: the label that holds it
};

// The metrics of one kind of group, in the order in which the group is read. A name is in one list
// only. Lives for ever.
using Families = std::span<const Family>;

// One label, or more of them: Label("connector", name) + Label("task", "0"). Escaped; with a comma
// at the end.
std::string Label(std::string_view name, std::string_view value);
// A Prometheus name from a Java one: what is no letter, digit or underscore becomes an underscore.
std::string ToName(std::string_view java_name);

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_FAMILY_H_
