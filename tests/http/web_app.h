// A web app in a fresh directory, with what must not be served around it.
#pragma once

#include "support/temp_dir.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace genlock::http {

struct WebApp {
  WebApp() {
    write("index.html", "<h1>app</h1>");
    write("sw.js", "serve()");
    write("assets/index-Bx3kQ9aZ.js", "run()");
    write("assets/index-Bx3kQ9aZ.js.br", "(br)");
    write("assets/index-Bx3kQ9aZ.js.gz", "(gzip)");
    write("assets/logo.svg", "<svg/>");
    write(".secret", "hidden");
    write(".git/config", "hidden");
    write("../outside.txt", "outside");
    std::filesystem::create_symlink(dir.path() / "outside.txt", web() / "link.txt");
    std::filesystem::create_directory_symlink(dir.path(), web() / "up");
  }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((web() / name).parent_path());
    std::ofstream(web() / name, std::ios::binary) << content;
  }
  std::filesystem::path web() const { return dir.path() / "web"; }

  TempDir dir;
};

}  // namespace genlock::http
