// The converters that copy or reinterpret bytes: ByteArray, Boolean and the five of numbers. Made
// by converter.cc's table. As all converters: one thread.
#ifndef SLUICE_RUNTIME_CONVERT_SIMPLE_CONVERTERS_H_
#define SLUICE_RUNTIME_CONVERT_SIMPLE_CONVERTERS_H_

#include <memory>

#include "runtime/convert/converter.h"

namespace sluice::convert {

using MadeConverter = StatusOr<std::unique_ptr<Converter>>;

MadeConverter MakeByteArrayConverter(const config::ConfigMap& settings);
MadeConverter MakeBooleanConverter(const config::ConfigMap& settings);
MadeConverter MakeShortConverter(const config::ConfigMap& settings);
MadeConverter MakeIntegerConverter(const config::ConfigMap& settings);
MadeConverter MakeLongConverter(const config::ConfigMap& settings);
MadeConverter MakeFloatConverter(const config::ConfigMap& settings);
MadeConverter MakeDoubleConverter(const config::ConfigMap& settings);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_SIMPLE_CONVERTERS_H_
