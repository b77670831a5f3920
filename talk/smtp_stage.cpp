// The words for each stage of a dialogue. See smtp_client.hpp.
#include "talk/smtp_client.hpp"

namespace watershed::talk {

std::string_view to_string(SmtpStage at) {
  switch (at) {
    case SmtpStage::connect:
      return "connecting";
    case SmtpStage::greeting:
      return "receiving the initial server greeting";
    case SmtpStage::hello:
      return "performing the EHLO handshake";
    case SmtpStage::mail:
      return "sending MAIL FROM";
    case SmtpStage::rcpt:
      return "sending RCPT TO";
    case SmtpStage::data:
      return "sending DATA command";
    case SmtpStage::content:
      return "sending end of data -- message may be sent more than once";
    case SmtpStage::quit:
      return "sending QUIT command";
  }
  return "?";
}

}  // namespace watershed::talk
