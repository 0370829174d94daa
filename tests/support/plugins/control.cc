#include "tests/support/plugins/control.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

namespace sluice::test {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

constexpr std::chrono::milliseconds kLook{10};

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

void AddControlKeys(sdk::ConfigDef& keys) {
  const auto add = [&keys](std::string_view name, ConfigType type, std::string_view doc) {
    keys.push_back(ConfigKey(name, type).Default("").Low().Doc(doc));
  };
  add("events.file", ConfigType::kString, "Each call is told here, as a line of JSON.");
  add("block.in", ConfigType::kList, "Points that hang until release.file exists.");
  add("release.file", ConfigType::kString, "Ends what hangs.");
  add("fail.in", ConfigType::kList, "Points that fail.");
  add("fail.file", ConfigType::kString, "A file with the points that fail at the moment.");
}

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out + '"';
}

void AwaitFile(const std::string& path) {
  while (access(path.c_str(), F_OK) != 0) std::this_thread::sleep_for(kLook);
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Control::Control(const sdk::Config& config, int task)
    : connector_(config.GetString("name")),
      task_(task),
      events_file_(config.GetString("events.file")),
      release_file_(config.GetString("release.file")),
      fail_file_(config.GetString("fail.file")),
      block_in_(config.GetList("block.in")),
      fail_in_(config.GetList("fail.in")) {}

bool Control::Listed(const std::vector<std::string>& list, std::string_view point) const {
  const std::string mine = sdk::Cat(point, ":", task_);
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& one) { return one == point || one == mine; });
}

void Control::Tell(std::string_view point, std::string_view details) const {
  if (events_file_.empty()) return;
  const std::string line = sdk::Cat("{\"point\":", JsonText(point), ",\"task\":", task_,
                                    ",\"connector\":", JsonText(connector_), details, "}\n");
  const int file = open(events_file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) throw sdk::ConnectException("Cannot write to ", events_file_);
  const ssize_t written = write(file, line.data(), line.size());  // one write: no line is torn
  close(file);
  if (written != static_cast<ssize_t>(line.size())) {
    throw sdk::ConnectException("Cannot write to ", events_file_);
  }
}

void Control::Reach(std::string_view point, std::string_view details) const {
  Tell(point, details);
  if (Listed(block_in_, point)) AwaitFile(release_file_);
  const bool now = !fail_file_.empty() && Listed(Words(ReadFile(fail_file_)), point);
  if (now || Listed(fail_in_, point)) {
    throw sdk::ConnectException("This test double was told to fail in ", point);
  }
}

CommandFile::CommandFile(std::string path, std::function<void(const std::string&)> command)
    : path_(std::move(path)), command_(std::move(command)), thread_([this] {
        while (!ended_) {
          const std::string text = ReadFile(path_);
          if (!text.empty()) {
            unlink(path_.c_str());
            command_(text);
          }
          std::this_thread::sleep_for(kLook);
        }
      }) {}

CommandFile::~CommandFile() {
  ended_ = true;
  thread_.join();
}

}  // namespace sluice::test
