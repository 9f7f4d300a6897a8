// An AI Flow application with nothing but Go: it answers every event, and POST /interrupt cuts a live call.
//
//	WEBHOOK_TOKEN=local-token EXTERNAL_API_TOKEN=local-api-token INTERRUPT_TOKEN=mine \
//	EXTERNAL_API_URL='http://127.0.0.1:3000/simulator/sessions/{session_id}/actions' go run examples/server.go
//	WEBHOOK_URL=http://127.0.0.1:8080/webhook npm start
package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

const maxBytes = 64 * 1024

type event struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	Digit   string `json:"digit"`
	Session struct {
		ID string `json:"id"`
	} `json:"session"`
}

type action map[string]any

var (
	webhookToken     = required("WEBHOOK_TOKEN")
	interruptToken   = required("INTERRUPT_TOKEN")
	externalAPIURL   = required("EXTERNAL_API_URL") // with {session_id}
	externalAPIToken = required("EXTERNAL_API_TOKEN")

	goodbye = regexp.MustCompile(`(?i)\b(bye|goodbye)\b`)
	client  = http.Client{Timeout: 2 * time.Second}

	// Live calls by session id: whether the goodbye is being said.
	calls = map[string]bool{}
	mutex sync.Mutex
)

// answer gives the actions that answer an event; none is 204.
func answer(e event) []action {
	mutex.Lock()
	defer mutex.Unlock()
	speak := func(text string) action {
		return action{"type": "speak", "session_id": e.Session.ID, "text": text}
	}
	switch e.Type {
	case "session_start": // repeated after a transfer that failed
		calls[e.Session.ID] = false
		greeting := speak("Hello! What would you like to know about your order?")
		greeting["user_input_timeout_seconds"] = 8
		return []action{greeting}
	case "user_speak":
		if !goodbye.MatchString(e.Text) {
			return []action{speak("Your order was packed this morning, and it will leave our warehouse tomorrow at noon.")}
		}
		calls[e.Session.ID] = true
		return []action{speak("Thank you for calling. Goodbye!")}
	case "assistant_speech_ended":
		// A hangup beside the goodbye would cut it.
		if calls[e.Session.ID] {
			return []action{{"type": "hangup", "session_id": e.Session.ID}}
		}
	case "user_input_timeout":
		return []action{speak("Are you still there?")}
	case "dtmf_received":
		return []action{speak("You pressed " + e.Digit + ".")}
	case "sms_failed":
		return []action{speak("Sorry, the message did not go out.")}
	case "session_end":
		delete(calls, e.Session.ID)
	}
	// assistant_speak, user_speech_started, session_end, and what is still unknown.
	return nil
}

// interrupt stops what is being said in a live call, and says text instead; it gives the status to answer.
func interrupt(sessionID, text string) int {
	if strings.TrimSpace(text) == "" {
		return http.StatusBadRequest
	}
	mutex.Lock()
	_, live := calls[sessionID]
	mutex.Unlock()
	if !live {
		return http.StatusNotFound
	}
	actions, err := json.Marshal([]action{
		{"type": "barge_in", "session_id": sessionID},
		{"type": "speak", "session_id": sessionID, "text": text},
	})
	if err != nil {
		return http.StatusInternalServerError
	}
	address := strings.ReplaceAll(externalAPIURL, "{session_id}", url.PathEscape(sessionID))
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(actions))
	if err != nil {
		return http.StatusInternalServerError
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+externalAPIToken)
	response, err := client.Do(request)
	if err != nil {
		return http.StatusBadGateway
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return http.StatusBadGateway
	}
	return http.StatusAccepted
}

func webhook(w http.ResponseWriter, r *http.Request) {
	var e event
	if !accepts(w, r, r.Header.Get("X-API-TOKEN"), webhookToken, &e) {
		return
	}
	if e.Type == "" || e.Session.ID == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	actions := answer(e)
	if len(actions) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(actions)
}

func interruption(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		SessionID string `json:"session_id"`
		Text      string `json:"text"`
	}
	if accepts(w, r, r.Header.Get("Authorization"), "Bearer "+interruptToken, &asked) {
		w.WriteHeader(interrupt(asked.SessionID, asked.Text))
	}
}

// accepts reads the JSON of a POST that has the secret; else it answers why not.
func accepts(w http.ResponseWriter, r *http.Request, given, secret string, into any) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	switch {
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case subtle.ConstantTimeCompare(a[:], b[:]) != 1:
		w.WriteHeader(http.StatusUnauthorized)
	case json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBytes)).Decode(into) != nil:
		w.WriteHeader(http.StatusBadRequest)
	default:
		return true
	}
	return false
}

func required(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatalf("set %s", name)
	}
	return value
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/webhook", webhook)
	http.HandleFunc("/interrupt", interruption)
	fmt.Println("listening on port " + port)
	log.Fatal(http.Serve(listener, nil))
}
