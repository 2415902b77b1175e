<<<<<<< HEAD
import{D as e,Nt as t,Rt as n,Yt as r,fn as i,qt as a,un as o,y as s}from"./shared.js";function c({job:c,status:l,look:u}){let[d,f]=o(!1),[p,m]=o(null);async function h(t){f(!0);try{await e(c,t),m(null)}catch(e){if(!(e instanceof n))throw e;m(e)}f(!1)}return a(i,{children:[s[l].map(e=>a(`button`,{type:`button`,class:u,disabled:d,onClick:()=>void h(e),children:r(`verb.${e}`)})),p&&a(t,{problem:p})]})}export{c as t};
=======
import{D as e,Gt as t,Lt as n,Sn as r,an as i,bn as a,dn as o,y as s,zt as c}from"./shared.js";function l({job:l,status:u,look:d}){let[f,p]=a(!1),[m,h]=a(null);async function g(t){p(!0);try{await e(l,t),h(null)}catch(e){if(!(e instanceof i))throw e;h(e)}p(!1)}return t(r,{children:[(o(`train`)?s[u]:[]).map(e=>t(`button`,{type:`button`,class:d,disabled:f,onClick:()=>void g(e),children:c(`verb.${e}`)})),m&&t(n,{problem:m})]})}export{l as t};
>>>>>>> 48a3585 (Sign in on the page, show only what the key allows, and manage keys and sessions there)
