// Whether a dictionary would shrink a column.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_REPETITION_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_REPETITION_H_

#include <arrow/array/array_base.h>

namespace sluice::object_store_sink {

// Of a sample of a thousand values, taken from the whole array at equal distances, at least half
// stand there more than once. Always true for nested values, whose leaves are not looked at. Arrow
// would hash every value to build a dictionary, and give it up only when that has grown to a
// megabyte; parquet-mr gives it up after the first page that it does not shrink.
bool Repeats(const arrow::Array& array);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_PARQUET_REPETITION_H_
