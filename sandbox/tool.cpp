// See tool.hpp.
#define BOOST_PROCESS_USE_STD_FS
#include "sandbox/tool.hpp"

#include <fmt/format.h>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>

namespace watershed::sandbox {

namespace bp = boost::process;

Result<std::string, Error> output_of(const std::string& program, const std::vector<std::string>& arguments) {
  std::error_code error;
  bp::ipstream output;
  bp::child child(bp::exe = program, bp::args = arguments, bp::std_in<bp::null, (bp::std_out & bp::std_err)> output,
                  error);
  if (error) return Error{fmt::format("{}: {}", program, error.message())};
  std::string text((std::istreambuf_iterator<char>(output)), std::istreambuf_iterator<char>());
  child.wait(error);
  return text_result(std::move(text));
}

}  // namespace watershed::sandbox
