import type { CategoryName, QueueKey } from "./demo-desk.ts";

/** A call for help as people make it, and how it goes. `{room}`, `{asset}` and so on are filled in each time. */
export interface DemoCall {
  readonly queue: QueueKey;
  readonly category: CategoryName;
  readonly kind: "incident" | "request";
  readonly impact: 1 | 2 | 3;
  readonly urgency: 1 | 2 | 3;
  readonly summary: string;
  readonly details: string;
  /** What the officer asks, and what the person answers. */
  readonly asks?: readonly [question: string, answer: string];
  /** Said among officers. */
  readonly aside?: string;
  readonly supplier?: string;
  readonly evidence?: string;
  readonly problem?: string;
  readonly resolution: string;
  /** What is still wrong, where it comes back. */
  readonly again?: string;
  readonly restricted?: boolean;
  /** How often it comes beside the others; 1 unless told. */
  readonly often?: number;
}

type Shared = Pick<DemoCall, "queue" | "category">;

/** A call in short: urgency and impact 2 for an incident unless told. */
function call(
  shared: Shared,
  levels: readonly [kind: DemoCall["kind"], impact: 1 | 2 | 3, urgency: 1 | 2 | 3],
  rest: Omit<DemoCall, keyof Shared | "kind" | "impact" | "urgency">,
): DemoCall {
  return { ...shared, kind: levels[0], impact: levels[1], urgency: levels[2], ...rest };
}

/** What may stand in a call's text. */
export const demoWords = {
  room: [
    "Committee room 1",
    "Committee room 2",
    "the Council chamber",
    "Meeting room 3.04",
    "Meeting room G.12",
    "the Mayor’s parlour",
    "Training room B",
  ],
  place: [
    "Town Hall, floor 1",
    "Town Hall, floor 2",
    "Town Hall, floor 3",
    "Millbrook library",
    "Harrow Lane depot",
    "the Customer centre",
    "Eastgate offices",
    "the Registry office",
  ],
  asset: ["ABC-L2041", "ABC-L2107", "ABC-L2214", "ABC-L2388", "ABC-L2419", "ABC-L2533", "ABC-L2601"],
  printer: ["PRN-TH1-02", "PRN-TH2-01", "PRN-TH3-04", "PRN-LIB-01", "PRN-DEP-02", "PRN-CUS-03"],
  system: [
    "Northgate Revenues",
    "the planning system",
    "the housing system",
    "the case system for adults",
    "the licensing system",
    "the finance system",
    "the elections system",
  ],
  form: [
    "Report a missed bin",
    "Apply for a blue badge",
    "Book a bulky collection",
    "Pay a parking charge",
    "Apply for a school place",
    "Report a pothole",
  ],
  page: [
    "Council tax bands",
    "Library opening times",
    "Planning applications",
    "Garden waste",
    "Licensing fees",
    "Find your councillor",
  ],
  starter: [
    "Oliver Stone",
    "Mei Chen",
    "Rhys Morgan",
    "Fatima Noor",
    "Jacob Lindley",
    "Aoife Byrne",
    "Dev Patel",
    "Lucy Harding",
  ],
  team: [
    "Benefits",
    "Planning",
    "Housing options",
    "Adult social care",
    "Highways",
    "Customer services",
    "Finance",
    "Licensing",
  ],
} as const;

/** The calls of the service desk and of field support. */
export const deskCalls: readonly DemoCall[] = [
  call({ queue: "desk", category: "Password reset" }, ["incident", 3, 1], {
    summary: "Locked out after three wrong passwords",
    details: "I am locked out of my laptop {asset}. I have a customer in front of me at {place}.",
    resolution:
      "Checked who they are with the staff directory, unlocked the account and helped to choose a new password.",
    often: 3,
  }),
  call({ queue: "desk", category: "Password reset" }, ["incident", 3, 2], {
    summary: "New phone, and the sign-in codes go to the old one",
    details: "I changed my phone at the weekend. The approval still goes to the one I traded in.",
    asks: [
      "Could you come to the desk with your staff pass, or join a video call, so that we can check who you are?",
      "Yes, I can be on a video call at any time after 2.",
    ],
    resolution: "Checked on video, removed the old phone and registered the new one.",
    often: 2,
  }),
  call({ queue: "desk", category: "Office software" }, ["incident", 3, 2], {
    summary: "Outlook asks for a password again and again",
    details: "It began this morning on {asset}. Webmail works.",
    asks: ["Does it stop when you sign out of Teams and in again?", "No, it comes back within a minute."],
    aside: "Third one this week after the update. Linked to the known fault with cached credentials.",
    resolution: "Cleared the saved credentials and signed in once. Watched it for ten minutes.",
    again: "It was fine for a day and is asking again this morning.",
    often: 2,
  }),
  call({ queue: "desk", category: "Office software" }, ["incident", 2, 2], {
    summary: "Shared spreadsheet opens read-only for the whole team",
    details: "Everyone in {team} gets “locked for editing by another user”, though nobody has it open.",
    problem: "The file lock fault that is being looked into with the storage team",
    resolution: "Removed the stale lock. The cause is being followed up as a problem.",
  }),
  call({ queue: "desk", category: "Shared mailbox" }, ["request", 2, 3], {
    summary: "Shared mailbox for {team}",
    details: "We need one address that the whole team can answer from, with four people in it to start with.",
    asks: [
      "Which four people, and who approves further members?",
      "The four on the attached list. I approve further ones.",
    ],
    resolution: "Made the mailbox, added the four and named the manager as its owner.",
  }),
  call({ queue: "desk", category: "New starter" }, ["request", 3, 2], {
    summary: "New starter: {starter} in {team}",
    details: "Starts in two weeks. Needs a laptop, a phone, e-mail, {system} and the team’s shared drive.",
    asks: [
      "Has human resources confirmed the start date and the manager?",
      "Yes, the contract is signed and I am the manager.",
    ],
    resolution:
      "Account, e-mail and drive are ready, the laptop is built and waits at {place}. First sign-in was tested.",
    often: 3,
  }),
  call({ queue: "desk", category: "Leaver" }, ["request", 3, 2], {
    summary: "Leaver: {starter}, {team}",
    details: "Last day is Friday. Their manager needs the mailbox for three months.",
    resolution:
      "Account switched off at 17:30 on the last day, mailbox given to the manager until the agreed date, laptop and phone returned.",
    often: 2,
  }),
  call({ queue: "desk", category: "Remote access" }, ["incident", 3, 1], {
    summary: "Cannot connect from home",
    details: "The connection drops after a minute or so. My own internet works for everything else. Laptop {asset}.",
    asks: [
      "Could you try with the laptop on a cable or a phone’s hotspot, so that we can rule out the Wi-Fi?",
      "It holds on the hotspot, so it is something at home.",
    ],
    resolution:
      "The home router was blocking the tunnel. Changed the connection to the other port, which it lets through.",
    often: 2,
  }),
  call({ queue: "desk", category: "Wi-Fi" }, ["incident", 1, 2], {
    summary: "No Wi-Fi at {place}",
    details: "Nobody on the floor can connect. Phones show the network but it says “no internet”.",
    supplier: "The network supplier has to replace a switch",
    aside: "Switch in the comms cupboard has no power. Raised with the supplier as a priority 2.",
    resolution: "The supplier replaced a failed power supply in the switch. Checked from three rooms.",
    often: 1,
  }),
  call({ queue: "desk", category: "Telephone" }, ["incident", 2, 1], {
    summary: "Calls to {team} ring out and are not queued",
    details: "Customers say that they hear ringing and then nothing. It should go to the queue after 20 seconds.",
    supplier: "The telephony supplier is looking at the call flow",
    resolution: "The opening hours of the queue had been changed by mistake. Put right and tested with five calls.",
  }),
  call({ queue: "desk", category: "Installation" }, ["request", 3, 3], {
    summary: "Please install the mapping software",
    details: "I need it for site visits. My manager has agreed. Laptop {asset}.",
    asks: ["There are two licences. Do you need to edit maps, or only to look at them?", "Only to look at them."],
    resolution: "Installed the viewer from the software centre. No licence was needed.",
    often: 2,
  }),
  call({ queue: "desk", category: "Office software" }, ["request", 3, 3], {
    summary: "How do I share a folder with another council?",
    details: "We are working on a joint bid with our neighbours and need to share drafts.",
    resolution:
      "Explained the guest sharing rules, made a shared space for the bid and added both guests with an end date.",
  }),
  call({ queue: "field", category: "Laptop" }, ["incident", 3, 1], {
    summary: "Laptop {asset} will not turn on",
    details: "Black screen, no lights. It was fine last night. I am working at {place}.",
    aside: "Battery swelling ruled out by the photo.",
    supplier: "A new main board is ordered under warranty",
    resolution: "Gave a loan laptop the same day. The board was replaced under warranty and the loan returned.",
    often: 2,
  }),
  call({ queue: "field", category: "Laptop" }, ["incident", 3, 2], {
    summary: "Laptop {asset} is very slow and the fan runs all the time",
    details: "It takes ten minutes to be ready in the morning.",
    asks: [
      "When did you last restart it? The log says 46 days ago.",
      "I always close the lid. I did not know it needed that.",
    ],
    resolution: "Restarted it, installed the waiting updates and showed how to restart each week.",
    again: "Back to how it was. Ten minutes again this morning.",
    often: 2,
  }),
  call({ queue: "field", category: "Monitor or dock" }, ["incident", 3, 3], {
    summary: "Second screen flickers at {place}",
    details: "The left-hand screen at the hot desk by the window goes black every few minutes.",
    resolution: "Replaced the cable and updated the dock’s firmware.",
    often: 2,
  }),
  call({ queue: "field", category: "Printer" }, ["incident", 2, 2], {
    summary: "{printer} jams on every second page",
    details: "We have taken out all the paper we can see. There is a queue of letters that must go today.",
    supplier: "The printer supplier’s engineer is booked",
    resolution: "The engineer fitted new rollers. Printed 50 pages without a jam.",
    often: 2,
  }),
  call({ queue: "field", category: "Printer" }, ["incident", 3, 3], {
    summary: "Scans from {printer} do not arrive",
    details: "Scan to e-mail says it is sent, but nothing comes.",
    resolution: "The printer’s certificate had run out. Renewed it and tested from two accounts.",
  }),
  call({ queue: "field", category: "Mobile phone" }, ["request", 3, 3], {
    summary: "Work phone for {starter}",
    details: "They will be out on inspections and need maps and the camera.",
    supplier: "The phone is on order",
    resolution: "Phone set up, tested and handed over at {place}.",
    often: 1,
  }),
  call({ queue: "field", category: "Room equipment" }, ["incident", 2, 1], {
    summary: "No sound in {room}",
    details: "There is a public meeting at 18:30 and the microphones do not come on.",
    resolution: "The mixing desk had been unplugged by the cleaners. Tested every microphone before the meeting.",
    often: 2,
  }),
  call({ queue: "field", category: "Hybrid meeting" }, ["incident", 2, 2], {
    summary: "People joining from home cannot hear {room}",
    details: "The camera works but they hear an echo, and then nothing.",
    resolution:
      "Two devices were joined to the same meeting. Set the room’s own microphone as the only one and put up a card that says how.",
    often: 2,
  }),
];

/** The calls of systems, the website and information security. */
export const otherCalls: readonly DemoCall[] = [
  call({ queue: "systems", category: "Permissions" }, ["request", 3, 2], {
    summary: "Access to {system} for {starter}",
    details: "They have moved to {team} and need the same rights as their predecessor.",
    asks: [
      "“The same as” gives too much, so which tasks will they do?",
      "Viewing and updating cases. They do not approve payments.",
    ],
    evidence: "The system owner’s approval",
    resolution: "The owner agreed. Gave the caseworker role, without payments, from today.",
    often: 3,
  }),
  call({ queue: "systems", category: "Line-of-business system" }, ["incident", 2, 1], {
    summary: "{system} is very slow since this morning",
    details: "Opening a case takes a minute. The whole of {team} has it.",
    supplier: "The supplier is looking at the database server",
    aside: "CPU on the database is flat at 100 per cent. An overnight job did not end.",
    resolution: "The supplier stopped a job that had hung overnight. Back to normal, and they will send the cause.",
    again: "It is slow again this morning, just as it was.",
    often: 2,
  }),
  call({ queue: "systems", category: "Line-of-business system" }, ["incident", 1, 1], {
    summary: "{system} is down for everyone",
    details: "It says “service unavailable” on every computer here. Counters at {place} are turning people away.",
    supplier: "The supplier has a fault in their data centre",
    resolution: "The supplier brought the service back at their second site. All counters checked by phone.",
  }),
  call({ queue: "systems", category: "Line-of-business system" }, ["incident", 3, 2], {
    summary: "Letter prints the wrong address in {system}",
    details: "The letter takes the old address, though the new one is on the record.",
    asks: ["Could you give me one case reference where it happens?", "Case 40182, letter of yesterday."],
    problem: "The address fault that the supplier has on its list for the next release",
    resolution: "Corrected the template. The supplier’s release deals with the cause.",
  }),
  call({ queue: "systems", category: "Report or data" }, ["request", 2, 2], {
    summary: "Report of open cases by ward from {system}",
    details: "Needed for the committee next week, in a spreadsheet.",
    asks: ["As at which date, and with closed ones?", "As at the last day of the month, open ones only."],
    resolution: "Sent the report, and saved it so that it can be run each month.",
    often: 2,
  }),
  call({ queue: "systems", category: "Report or data" }, ["incident", 3, 2], {
    summary: "Figures in the monthly return do not add up",
    details: "The total on page 1 is 14 more than the sum of the wards.",
    evidence: "The two extracts that were compared",
    resolution: "Cases without a ward were counted in the total only. They are shown as “no ward” now.",
  }),
  call({ queue: "systems", category: "Permissions" }, ["request", 3, 3], {
    summary: "Quarterly check of who has access to {system}",
    details: "Please send the list of users and roles to the system’s owner to confirm.",
    asks: ["The list is with you. Which of these 14 accounts can go?", "All but the two that I marked."],
    resolution: "Twelve accounts removed, two kept. The list is filed with the check.",
  }),
  call({ queue: "web", category: "Content change" }, ["request", 3, 3], {
    summary: "Change to the page “{page}”",
    details: "The dates on it are last year’s. The right ones are in the attached note.",
    resolution: "Changed, read through by the owner and published.",
    often: 3,
  }),
  call({ queue: "web", category: "Online form" }, ["incident", 2, 1], {
    summary: "“{form}” does not go past the second page",
    details: "Two residents have rung about it. It says “something went wrong” after the address.",
    aside: "The address lookup times out. Their status page says nothing.",
    supplier: "The address lookup service is not answering",
    resolution:
      "The lookup’s key had run out. Renewed, and the form now says what to do when the lookup does not answer.",
    often: 2,
  }),
  call({ queue: "web", category: "Online form" }, ["request", 2, 3], {
    summary: "New question on “{form}”",
    details: "We need to ask for a telephone number, and to say why we ask.",
    asks: ["Must everyone answer it, or may they leave it out?", "They may leave it out."],
    resolution: "Added, checked with a screen reader and published.",
  }),
  call({ queue: "web", category: "Fault" }, ["incident", 2, 2], {
    summary: "Screen reader does not read the table on “{page}”",
    details: "A resident who is blind says that the table is read as one long line.",
    resolution: "Gave the table proper headings. The resident says that it reads well now.",
  }),
  call({ queue: "web", category: "Fault" }, ["incident", 1, 2], {
    summary: "The website answers slowly or not at all",
    details: "Pages take half a minute from outside the council and some do not come.",
    supplier: "The hosting company is looking into it",
    resolution: "The hosting company found a crawler that asked for thousands of pages a minute and slowed it down.",
  }),
  call({ queue: "security", category: "Phishing" }, ["incident", 3, 2], {
    summary: "E-mail from “the chief executive” asking for gift cards",
    details: "It looks like her name but the address is not ours. I have not answered it.",
    resolution:
      "Blocked the sender, removed the message from 14 other mailboxes and thanked the person for reporting it.",
    often: 3,
  }),
  call({ queue: "security", category: "Phishing" }, ["incident", 2, 1], {
    summary: "I clicked a link and typed my password",
    details: "It looked like a shared document. I closed it when it asked a second time.",
    asks: [
      "Is the laptop with you now? Please disconnect it from the network until we ring.",
      "Yes, it is off the network. I am on my mobile.",
    ],
    resolution:
      "Password changed, every session ended, sign-ins of the last week checked: nothing unusual. Explained how to tell next time.",
    often: 1,
  }),
  call({ queue: "security", category: "Lost or stolen device" }, ["incident", 3, 1], {
    summary: "Phone left on the 14:20 bus",
    details: "Black work phone, number ends 118. Rang it twice, no answer.",
    resolution: "Locked and wiped from here within 20 minutes. The bus company handed it in the next day.",
  }),
  call({ queue: "security", category: "Data sent in error" }, ["incident", 2, 1], {
    summary: "Letter about a child sent to the wrong family",
    details: "Two letters were put in each other’s envelopes. One family has rung.",
    aside: "Data protection officer told at once. The 72 hours run from the call.",
    evidence: "The list of letters that went out that day",
    resolution:
      "Both letters recovered by hand. The data protection officer decided that no report to the regulator was needed and recorded why.",
    restricted: true,
  }),
  call({ queue: "security", category: "Investigation" }, ["request", 3, 2], {
    summary: "Sign-in records of a member of staff for an investigation",
    details: "Asked for by human resources, approved by the monitoring officer. Reference HR-0{number}.",
    evidence: "The monitoring officer’s written approval",
    resolution: "The records for the dates named were given to the investigating officer in person, and nothing else.",
    restricted: true,
  }),
  call({ queue: "security", category: "Data sent in error" }, ["incident", 3, 1], {
    summary: "Spreadsheet with salaries e-mailed to all of {team}",
    details: "I took it back within two minutes but some people will have opened it.",
    resolution:
      "Removed from every mailbox, three had opened it. They have confirmed that they deleted it. Recorded as a breach without risk.",
    restricted: true,
  }),
];
