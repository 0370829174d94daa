#include "runtime/cluster/sasl_cyrus.h"

#include <sasl/sasl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

extern "C" {
void* NewSaslMutex() { return new std::mutex; }
int LockSaslMutex(void* mutex) {
  static_cast<std::mutex*>(mutex)->lock();
  return SASL_OK;
}
int UnlockSaslMutex(void* mutex) {
  static_cast<std::mutex*>(mutex)->unlock();
  return SASL_OK;
}
void FreeSaslMutex(void* mutex) { delete static_cast<std::mutex*>(mutex); }
int LogNothing(void*, int, const char*) { return SASL_OK; }
}

// Once in a process; librdkafka does the same. Whoever comes first sets the mutexes: libsasl2
// ignores the second.
int InitSasl() {
  static const int result = [] {
    sasl_set_mutex(NewSaslMutex, LockSaslMutex, UnlockSaslMutex, FreeSaslMutex);
    return sasl_client_init(nullptr);
  }();
  return result;
}

// libsasl2 knows by the id what a callback really takes.
template <typename Function>
int (*Callback(Function* function))() {
  return reinterpret_cast<int (*)()>(reinterpret_cast<void (*)()>(function));
}

class CyrusSession : public SaslSession {
 public:
  CyrusSession(std::shared_ptr<const CyrusSettings> settings, const std::string& host)
      : shared_(std::move(settings)), settings_(*shared_), host_(host) {
    const sasl_callback_t callbacks[] = {{SASL_CB_USER, Callback(&GetSimple), this},
                                         {SASL_CB_AUTHNAME, Callback(&GetSimple), this},
                                         {SASL_CB_PASS, Callback(&GetSecret), this},
                                         {SASL_CB_LOG, Callback(&LogNothing), this},
                                         {SASL_CB_LIST_END, nullptr, nullptr}};
    std::copy(std::begin(callbacks), std::end(callbacks), callbacks_);
    const std::string& password = settings_.password;
    secret_.resize(sizeof(sasl_secret_t) + password.size());
    auto* made = reinterpret_cast<sasl_secret_t*>(secret_.data());
    made->len = password.size();
    std::copy(password.begin(), password.end(), made->data);
  }
  ~CyrusSession() override {
    if (connection_ != nullptr) sasl_dispose(&connection_);
    std::fill(secret_.begin(), secret_.end(), '\0');
  }

  StatusOr<std::string> Begin() override {
    int result = sasl_client_new(settings_.service.c_str(), host_.c_str(), nullptr, nullptr,
                                 callbacks_, 0, &connection_);
    if (result != SASL_OK) return Failed(result);
    sasl_security_properties_t properties{};  // TLS encrypts, or nobody does
    properties.maxbufsize = 65536;
    sasl_setprop(connection_, SASL_SEC_PROPS, &properties);
    const char* out = nullptr;
    unsigned size = 0;
    const char* chosen = nullptr;
    result =
        sasl_client_start(connection_, settings_.mechanism.c_str(), nullptr, &out, &size, &chosen);
    return Said(result, out, size);
  }

  StatusOr<std::string> Answer(std::string_view challenge) override {
    const char* out = nullptr;
    unsigned size = 0;
    const int result =
        sasl_client_step(connection_, challenge.data(), static_cast<unsigned>(challenge.size()),
                         nullptr, &out, &size);
    return Said(result, out, size);
  }
  bool done() const override { return done_; }

 private:
  static int GetSimple(void* self, int id, const char** result, unsigned* size) {
    const auto* session = static_cast<const CyrusSession*>(self);
    // As whom to act: as who one is.
    const std::string& text =
        id == SASL_CB_AUTHNAME ? session->settings_.username : session->nobody_;
    *result = text.c_str();
    if (size != nullptr) *size = static_cast<unsigned>(text.size());
    return SASL_OK;
  }
  static int GetSecret(sasl_conn_t*, void* self, int, sasl_secret_t** secret) {
    *secret = reinterpret_cast<sasl_secret_t*>(static_cast<CyrusSession*>(self)->secret_.data());
    return SASL_OK;
  }

  StatusOr<std::string> Said(int result, const char* out, unsigned size) {
    if (result != SASL_OK && result != SASL_CONTINUE) return Failed(result);
    done_ = result == SASL_OK;
    return out == nullptr ? std::string() : std::string(out, size);
  }
  Status Failed(int result) {
    const char* detail = connection_ == nullptr ? nullptr : sasl_errdetail(connection_);
    return ConnectError(
        StrCat("sasl.mechanism=", settings_.mechanism, ": ",
               detail != nullptr ? detail : sasl_errstring(result, nullptr, nullptr)));
  }

  const std::shared_ptr<const CyrusSettings> shared_;
  const CyrusSettings& settings_;
  const std::string host_;
  const std::string nobody_;
  std::string secret_;  // a sasl_secret_t
  sasl_callback_t callbacks_[5];
  sasl_conn_t* connection_ = nullptr;
  bool done_ = false;
};

class CyrusMechanism : public SaslMechanism {
 public:
  explicit CyrusMechanism(CyrusSettings settings)
      : settings_(std::make_shared<const CyrusSettings>(std::move(settings))) {}
  const std::string& name() const override { return settings_->mechanism; }
  bool blocks() const override { return settings_->mechanism == "GSSAPI"; }
  StatusOr<std::unique_ptr<SaslSession>> NewSession(const std::string& host) const override {
    return std::unique_ptr<SaslSession>(std::make_unique<CyrusSession>(settings_, host));
  }

 private:
  const std::shared_ptr<const CyrusSettings> settings_;  // a session may outlive its client
};

}  // namespace

StatusOr<std::shared_ptr<const SaslMechanism>> NewCyrusMechanism(CyrusSettings settings) {
  const int result = InitSasl();
  bool found = false;
  if (result == SASL_OK) {
    for (const char** one = sasl_global_listmech(); one != nullptr && *one != nullptr; ++one) {
      found = found || settings.mechanism == *one;
    }
  }
  if (!found) {
    return ConfigError(StrCat(
        "Invalid value ", settings.mechanism,
        " for configuration sasl.mechanism: libsasl2 has no such plug-in. "
        "Install ",
        settings.mechanism == "GSSAPI" ? "libsasl2-modules-gssapi-mit" : "libsasl2-modules"));
  }
  return std::shared_ptr<const SaslMechanism>(
      std::make_shared<CyrusMechanism>(std::move(settings)));
}

}  // namespace sluice::cluster
