#include "connectors/object_store_sink/parquet/repetition.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <arrow/array/array_binary.h>
#include <arrow/array/array_primitive.h>
#include <arrow/type.h>

namespace sluice::object_store_sink {
namespace {

constexpr int64_t kSample = 1000;

// `view(i)`: the bytes of a value.
template <typename View>
bool SampleRepeats(const arrow::Array& array, const View& view) {
  const int64_t step = std::max<int64_t>(array.length() / kSample, 1);
  std::vector<std::string_view> sample;
  sample.reserve(static_cast<size_t>(array.length() / step + 1));
  for (int64_t i = 0; i < array.length(); i += step) {
    if (!array.IsNull(i)) sample.push_back(view(i));
  }
  std::sort(sample.begin(), sample.end());
  const auto distinct = std::unique(sample.begin(), sample.end()) - sample.begin();
  return distinct * 2 <= static_cast<int64_t>(sample.size());
}

}  // namespace

bool Repeats(const arrow::Array& array) {
  const arrow::Type::type type = array.type_id();
  if (arrow::is_binary_like(type)) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(array);
    return SampleRepeats(array, [&](int64_t i) { return texts.GetView(i); });
  }
  if (!arrow::is_primitive(type) || type == arrow::Type::BOOL) return true;
  const auto size = static_cast<size_t>(array.type()->byte_width());
  const auto* const bytes = reinterpret_cast<const char*>(array.data()->buffers[1]->data()) +
                            array.offset() * int64_t(size);
  return SampleRepeats(array, [&](int64_t i) {
    return std::string_view(bytes + size * static_cast<size_t>(i), size);
  });
}

}  // namespace sluice::object_store_sink
