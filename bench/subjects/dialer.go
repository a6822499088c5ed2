// Go's net.Dialer, with the protocol of README.md beside this file. It takes a name: the benchmark gives it
// an /etc/hosts with the list in it, under the name "list.invalid".
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

type row struct {
	Ms      float64 `json:"ms"`
	Outcome string  `json:"outcome"`
	Errors  int     `json:"errors"`
	Address string  `json:"address,omitempty"`
}

type totals struct {
	CPUMs    float64 `json:"cpuMs"`
	RSSBytes int64   `json:"rssBytes"`
}

type usage struct {
	cpu    time.Duration
	maxRSS int64
}

func usageNow() usage {
	var now syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &now); err != nil {
		panic(err)
	}
	return usage{time.Duration(now.Utime.Nano() + now.Stime.Nano()), now.Maxrss * 1024}
}

func rssBytes() int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(statm), &size, &resident); err != nil {
		panic(err)
	}
	return resident * int64(os.Getpagesize())
}

func call(port string, timeout time.Duration) row {
	start := time.Now()
	dialer := net.Dialer{Timeout: timeout}
	conn, err := dialer.DialContext(context.Background(), "tcp", net.JoinHostPort("list.invalid", port))
	ms := float64(time.Since(start).Nanoseconds()) / 1e6
	if err != nil {
		outcome := "error"
		var errno syscall.Errno
		var network net.Error
		if errors.As(err, &network) && network.Timeout() {
			outcome = "ETIMEDOUT"
		} else if errors.As(err, &errno) {
			outcome = map[syscall.Errno]string{
				syscall.ECONNREFUSED: "ECONNREFUSED", syscall.EHOSTUNREACH: "EHOSTUNREACH",
				syscall.ENETUNREACH: "ENETUNREACH",
			}[errno]
		}
		return row{Ms: ms, Outcome: outcome, Errors: 1}
	}
	address := conn.RemoteAddr().(*net.TCPAddr).IP.String()
	if err := conn.(*net.TCPConn).SetLinger(0); err != nil {
		panic(err)
	}
	conn.Close()
	return row{Ms: ms, Outcome: "connected", Address: address}
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	var calls, atOnce, timeoutMs int
	input.Scan()
	if _, err := fmt.Sscan(input.Text(), &calls, &atOnce, &timeoutMs); err != nil {
		panic(err)
	}
	port := ""
	for input.Scan() && input.Text() != "." {
		if port == "" {
			port = strings.Fields(input.Text())[1]
		}
	}
	fmt.Println("ready")
	input.Scan()

	rss, before := rssBytes(), usageNow()
	rows := make(chan row, calls)
	tickets := make(chan bool, calls)
	for i := 0; i < calls; i++ {
		tickets <- true
	}
	close(tickets)
	var lanes sync.WaitGroup
	for i := 0; i < atOnce && i < calls; i++ {
		lanes.Add(1)
		go func() {
			defer lanes.Done()
			for range tickets {
				rows <- call(port, time.Duration(timeoutMs)*time.Millisecond)
			}
		}()
	}
	lanes.Wait()
	close(rows)
	after := usageNow()

	output := json.NewEncoder(os.Stdout)
	for row := range rows {
		if err := output.Encode(row); err != nil {
			panic(err)
		}
	}
	extra := after.maxRSS - rss
	if extra < 0 {
		extra = 0
	}
	cpu := float64((after.cpu - before.cpu).Nanoseconds()) / 1e6
	if err := output.Encode(totals{cpu, extra}); err != nil {
		panic(err)
	}
}
