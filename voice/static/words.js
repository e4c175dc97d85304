// Every word the page says by itself. The conversation's own words come from the server.

export const LEVELS = {
  emergency: "Emergency",
  urgent: "Be seen today",
  see_provider: "Book a visit",
  stop_today: "Done for today",
  modify: "Carry on, lighter",
  info: "Good to know",
};

export const STATUS = {
  asleep: "",
  cutOff: "Trying again",
  listening: "Listening",
  hearing: "I can hear you",
  thinking: "One moment",
  slow: "Still working on it",
  speaking: "Speaking",
  ready: "Your turn",
};

export const HEADLINE = {
  asleep: "Back hurting? Tap and tell me.",
  listening: "Tell me what happened.",
  thinking: "Thinking about what you said.",
  slow: "This takes longer than it should. Please stay with me.",
};

export const TALK = {
  asleep: "Tap to talk",
  listening: "Tap when done",
  thinking: "One moment",
  speaking: "Tap to answer",
  ready: "Tap to talk",
  cutOff: "Try now",
};

export const TYPE_LABEL = { first: "Type what happened", answer: "Type your answer", correct: "Type it the right way" };

export const YOU = "You";
export const SPOTTER = "Spotter";
export const HEARD = { speech: "I heard:", text: "You said:" };

export const SIDE = { ask: "Ask me", replay: "Replay" };
export const START_AGAIN = "Start again";

export const clearing = (seconds) => `Clearing this screen in ${seconds} s. Touch it to keep it.`;

// What went wrong, and what the person can do. `number` is the emergency number.
export const TROUBLE = {
  denied: (number) => ({
    title: "I am not allowed to use the microphone.",
    help: `Type or tap instead: it works the same. To talk, allow the microphone in the browser. Emergency? Call ${number}.`,
  }),
  missing: (number) => ({
    title: "I can't find a microphone.",
    help: `Type or tap instead: it works the same. Emergency? Call ${number}.`,
  }),
  insecure: (number) => ({
    title: "This browser does not let me listen here.",
    help: `Type or tap instead: it works the same. Talking needs an https address. Emergency? Call ${number}.`,
  }),
  offline: (number) => ({
    title: "This screen has lost its network.",
    help: `I keep trying. If you feel very unwell or it gets worse, call ${number} now. Do not wait for me.`,
  }),
  lost: (number) => ({
    title: "I have lost my connection.",
    help: `I keep trying. If you feel very unwell or it gets worse, call ${number} now. Do not wait for me.`,
  }),
  broken: (number) => ({
    title: "Something broke on my side.",
    help: `Say it again, type it, or ask a person near you. Emergency? Call ${number} now.`,
  }),
  refused: (number, reason) => ({
    title: "I could not use that.",
    help: `${reason} Say it again or type it. Emergency? Call ${number} now.`,
  }),
  back: (number) => ({
    title: "I am back.",
    help: `I may have missed what you said last. Please say it again. Emergency? Call ${number}.`,
  }),
  mute: () => ({ title: "My voice is not working.", help: "Please read along. I can still hear you." }),
};
