// Command polder-go looks at a plugin's package and writes what makes a component of it: the registration of its
// functions, the main package, and an overlay for `go build` that puts both where they belong. The author's folder stays
// as it is. It prints the interfaces that the component exports and imports, as JSON.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	var manifest manifest
	flag.StringVar(&manifest.Name, "name", "", "name of the plugin, an identifier of SQL")
	flag.StringVar(&manifest.Version, "version", "", "semantic version")
	flag.StringVar(&manifest.Description, "description", "", "what the plugin is for, in a line")
	flag.StringVar(&manifest.License, "license", "", "licence, as an SPDX expression")
	flag.StringVar(&manifest.Homepage, "homepage", "", "where to read on")
	flag.Func("author", "who wrote it; may be given several times", func(author string) error {
		manifest.Authors = append(manifest.Authors, author)
		return nil
	})
	project := flag.String("project", ".", "folder of the plugin's package")
	out := flag.String("out", "", "folder for what is written")
	flag.Parse()
	if err := run(manifest, *project, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// manifest is what a project says of itself.
type manifest struct {
	Name, Version, Description, License, Homepage string
	Authors                                       []string
}

func run(manifest manifest, project, out string) error {
	source, err := load(project)
	if err != nil {
		return err
	}
	plugin, err := scan(source)
	if err != nil {
		return err
	}
	// Also an identifier of SQL, which has no hyphens.
	manifest.Name = strings.ReplaceAll(manifest.Name, "-", "_")
	plugin.manifest = manifest
	if err := plugin.write(project, out); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(plugin.world())
}
