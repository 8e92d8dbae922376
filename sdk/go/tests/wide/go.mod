module example/wide

go 1.24
