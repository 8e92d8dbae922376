module example/samples

go 1.24
