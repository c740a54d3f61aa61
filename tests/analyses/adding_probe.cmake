# The tests of the copy that adding_an_analysis_test makes: one program over stats alone.
add_executable(adding_probe analyses/adding_probe.c stats/fixture.c stats/drive.c stats/plan_builder.c
  stats/report_reader.c)
target_link_libraries(adding_probe PRIVATE canvass_options canvass_stats canvass_base PkgConfig::ZLIB)
target_compile_definitions(adding_probe PRIVATE CANVASS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
