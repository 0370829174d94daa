#include "runtime/metrics/family.h"

#include "runtime/base/text.h"

namespace sluice::metrics {

std::string_view TypeName(Type type) {
  switch (type) {
    case Type::kCounter:
      return "counter";
    case Type::kGauge:
      return "gauge";
    case Type::kHistogram:
      return "histogram";
    case Type::kSummary:
      return "summary";
    case Type::kUntyped:
      break;
  }
  return "untyped";
}

std::string Label(std::string_view name, std::string_view value) {
  std::string out;
  out.reserve(name.size() + value.size() + 4);
  StrAppend(out, name, "=\"");
  for (const char c : value) {
    if (c == '\\' || c == '"') out.push_back('\\');
    c == '\n' ? out.append("\\n") : out.append(1, c);
  }
  out.append("\",");
  return out;
}

std::string ToName(std::string_view java_name) {
  std::string out(java_name);
  for (char& c : out) {
    const bool legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!legal) c = '_';
  }
  return out;
}

}  // namespace sluice::metrics
