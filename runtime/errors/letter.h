// A dead letter: what is written of a failed record. Made by the DlqReporter, on its thread.
#ifndef SLUICE_RUNTIME_ERRORS_LETTER_H_
#define SLUICE_RUNTIME_ERRORS_LETTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/errors/stage.h"
#include "runtime/kafka/producer.h"

namespace sluice::errors {

struct LetterFormat {
  bool context_headers = false;
  std::string connector;
  int task = 0;
  // Writes a source record, which has no bytes, as JSON: whole, or cut so that it is short.
  // Empty: source records are refused.
  std::function<void(const sluice_record& record, bool short_form, std::string& out)> write_record;
  // The same for its source partition and offset, which may be null.
  std::function<void(const sluice_value* map, std::string& out)> write_map;
};

// All its bytes stand in one string; the rest points into it. Copied from what the failure only
// borrows.
class Letter {
 public:
  Letter(const Failure& failure, const LetterFormat& format);
  Letter(const Letter&) = delete;
  Letter& operator=(const Letter&) = delete;

  // Everything but topic and tag; valid while the letter lives and is not shortened.
  const kafka::OutRecord& record() const { return record_; }
  // Memory that it holds.
  size_t size() const;
  // Leaves out the stack trace and cuts what else can be cut, and says so in a header
  // __connect.errors.truncated. False: that has been done, or nothing could be.
  bool Shorten();

 private:
  class Packer;

  std::string bytes_;
  std::vector<kafka::OutHeader> headers_;
  kafka::OutRecord record_;
  record::Bytes short_value_ = record::kNullBytes;  // null: there is none
  size_t context_begin_ = 0;                        // of `headers_`
  bool context_ = false;
  bool shortened_ = false;
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_LETTER_H_
