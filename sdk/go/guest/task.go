package guest

// RunTask carries out the task of that name. Parameters and outputs are JSON values by name.
func RunTask(name string, parameters [][2]string) (outputs [][2]string, err error) {
	defer caught(nil, &err)
	task, err := Registered.Named(name, Task)
	if err != nil {
		return nil, err
	}
	return task.Task(parameters)
}
