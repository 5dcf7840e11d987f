// SPDX-License-Identifier: GPL-3.0-or-later

package main

// quaywarden's reader as a process: messages in, answers out.

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

type pipe struct {
	cmd *exec.Cmd
	in  *bufio.Writer
	end io.Closer
	out *bufio.Reader
}

func startReader(command string) (*pipe, error) {
	words := strings.Fields(command)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &pipe{cmd, bufio.NewWriterSize(in, 1<<16), in, bufio.NewReaderSize(out, 1<<20)}, cmd.Start()
}

// Sends messages and, meanwhile, does something else.
func (p *pipe) ask(messages [][]byte, meanwhile func()) ([][]byte, error) {
	failed := make(chan error, 1)
	go func() { failed <- p.send(messages) }()
	answers := make([][]byte, len(messages))
	done := make(chan error, 1)
	go func() { done <- p.receive(answers) }()
	meanwhile()
	if err := <-failed; err != nil {
		return nil, err
	}
	return answers, <-done
}

func (p *pipe) send(messages [][]byte) error {
	var head [4]byte
	for _, message := range messages {
		binary.LittleEndian.PutUint32(head[:], uint32(len(message)))
		p.in.Write(head[:])
		p.in.Write(message)
	}
	binary.LittleEndian.PutUint32(head[:], 0xffffffff)
	p.in.Write(head[:])
	return p.in.Flush()
}

func (p *pipe) receive(answers [][]byte) error {
	for i := range answers {
		line, err := p.out.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("quaywarden's reader ended: %v", err)
		}
		answers[i] = line
	}
	return nil
}

func (p *pipe) close() error {
	p.end.Close()
	return p.cmd.Wait()
}

func parseAnswer(line []byte) (*answer, error) {
	a := &answer{}
	if strings.HasPrefix(string(line), `{"code":"malformed"`) {
		a.Code = "malformed"
		return a, nil
	}
	return a, json.Unmarshal(line, a)
}
