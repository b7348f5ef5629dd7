// Links one module alone with what it declared (cmake/module.cmake). There is nothing to run.
int main() {}
