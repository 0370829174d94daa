// Passes over a value that the reader does not want. For reader.cc; one thread.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_SKIP_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_SKIP_H_

#include <string_view>

#include "runtime/convert/avro/decoder.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

class Skipper {
 public:
  // `records_left`: how many records there may be in all, for those that take no bytes.
  Skipper(Decoder& in, size_t& records_left, int depth_max)
      : in_(in), records_left_(records_left), depth_max_(depth_max) {}

  // False: see below.
  bool Skip(const Schema& schema, int depth);
  // In what the bytes ended or made no sense; or, if it was refused, why.
  std::string_view what() const { return what_; }
  bool refused() const { return refused_; }

 private:
  bool Done(bool good, std::string_view what) {
    if (!good) what_ = what;
    return good;
  }
  bool Refuse(std::string_view what) {
    refused_ = true;
    return Done(false, what);
  }
  bool SkipRecord(const Schema& schema, int depth);
  bool SkipItems(const Schema& schema, int depth);

  Decoder& in_;
  size_t& records_left_;
  const int depth_max_;
  std::string_view what_;
  bool refused_ = false;
};

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_SKIP_H_
