// SPDX-License-Identifier: Apache-2.0
#include "tests/support/program.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace sumline::test {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) {
      throw std::runtime_error("pipe");
    }
    read_end = ends[0];
    write_end = ends[1];
  }
};

/// @return false at the end of the stream
bool append_available(int descriptor, std::string& text) {
  std::array<char, 4096> bytes{};
  const ssize_t count = read(descriptor, bytes.data(), bytes.size());
  if (count <= 0) {
    return false;
  }
  text.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

[[noreturn]] void become_program(const std::vector<std::string>& arguments, const Pipe& out,
                                 const Pipe& err) {
  dup2(out.write_end, STDOUT_FILENO);
  dup2(err.write_end, STDERR_FILENO);
  for (const int descriptor : {out.read_end, out.write_end, err.read_end, err.write_end}) {
    close(descriptor);
  }
  std::vector<char*> argv{const_cast<char*>(SUMLINE_PROGRAM)};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  execv(SUMLINE_PROGRAM, argv.data());
  _exit(127);
}

}  // namespace

ProgramRun run_sumline(const std::vector<std::string>& arguments, const std::string& interrupt_when) {
  const Pipe out;
  const Pipe err;
  const pid_t child = fork();
  if (child == 0) {
    become_program(arguments, out, err);
  }
  close(out.write_end);
  close(err.write_end);
  ProgramRun run{};
  std::array<pollfd, 2> streams{pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0}};
  bool may_interrupt = !interrupt_when.empty();
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    poll(streams.data(), streams.size(), -1);
    for (std::size_t index = 0; index < streams.size(); ++index) {
      if (streams[index].fd >= 0 && streams[index].revents != 0 &&
          !append_available(streams[index].fd, index == 0 ? run.out : run.err)) {
        close(streams[index].fd);
        streams[index].fd = -1;
      }
    }
    if (may_interrupt && (run.err + run.out).find(interrupt_when) != std::string::npos) {
      kill(child, SIGINT);
      may_interrupt = false;
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  constexpr int kSignalBase = 128;
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
  return run;
}

}  // namespace sumline::test
