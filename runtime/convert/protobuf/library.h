// libprotobuf's own messages of a .proto text, to compare with. For tests; one thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_LIBRARY_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_LIBRARY_H_

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <memory>
#include <string>
#include <string_view>

#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

namespace pb = google::protobuf;

// Descriptors of libprotobuf; without options of extensions, and with maps as what they are on the
// wire.
class Library {
 public:
  Library() {
    (void)pb::Timestamp::descriptor();
    (void)pb::Int32Value::descriptor();
    for (const char* known : {"google/type/date.proto", "google/type/timeofday.proto",
                              "confluent/type/decimal.proto"}) {
      (void)Add(known, KnownFile(known));
    }
  }
  // nullptr: it cannot be parsed, or makes no sense.
  const pb::FileDescriptor* Add(const std::string& name, std::string_view text) {
    pb::FileDescriptorProto file;
    pb::io::ArrayInputStream bytes(text.data(), static_cast<int>(text.size()));
    pb::io::Tokenizer tokens(&bytes, nullptr);
    pb::compiler::Parser parser;
    if (!parser.Parse(&tokens, &file)) return nullptr;
    file.set_name(name);
    for (auto& message : *file.mutable_message_type()) Strip(message);
    return pool_.BuildFile(file);
  }
  std::unique_ptr<pb::Message> New(const pb::Descriptor* of) {
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(of)->New());
  }

 private:
  static void Strip(pb::DescriptorProto& message) {
    message.clear_options();
    for (auto& field : *message.mutable_field()) {
      field.mutable_options()->clear_uninterpreted_option();
    }
    for (auto& nested : *message.mutable_nested_type()) Strip(nested);
  }

  pb::DescriptorPool pool_{pb::DescriptorPool::generated_pool()};
  pb::DynamicMessageFactory factory_{&pool_};
};

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_LIBRARY_H_
